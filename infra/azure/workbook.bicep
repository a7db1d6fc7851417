metadata description = 'Job logs in the portal: the workbook, and its queries saved in the workspace (Logs > Queries > Couplet).'

param location string
param tags object
param installation string
param workspaceName string

// Written by python -m infra.workbook, which knows the tabs.
var workbookContent = loadTextContent('workbook.json')

var queries = {
  arrival: loadTextContent('../../sync/telemetry/queries/arrival.kql')
  backlog: loadTextContent('../../sync/telemetry/queries/backlog.kql')
  calls: loadTextContent('../../sync/telemetry/queries/calls.kql')
  connections: loadTextContent('../../sync/telemetry/queries/connections.kql')
  counts: loadTextContent('../../sync/telemetry/queries/counts.kql')
  durations: loadTextContent('../../sync/telemetry/queries/durations.kql')
  'failures-by-code': loadTextContent('../../sync/telemetry/queries/failures-by-code.kql')
  'given-up': loadTextContent('../../sync/telemetry/queries/given-up.kql')
  jobs: loadTextContent('../../sync/telemetry/queries/jobs.kql')
  'jobs-by-mapping': loadTextContent('../../sync/telemetry/queries/jobs-by-mapping.kql')
  lag: loadTextContent('../../sync/telemetry/queries/lag.kql')
  log: loadTextContent('../../sync/telemetry/queries/log.kql')
  lost: loadTextContent('../../sync/telemetry/queries/lost.kql')
  'open-problems': loadTextContent('../../sync/telemetry/queries/open-problems.kql')
  operation: loadTextContent('../../sync/telemetry/queries/operation.kql')
  problems: loadTextContent('../../sync/telemetry/queries/problems.kql')
  'record-history': loadTextContent('../../sync/telemetry/queries/record-history.kql')
  'slowest-mappings': loadTextContent('../../sync/telemetry/queries/slowest-mappings.kql')
  standing: loadTextContent('../../sync/telemetry/queries/standing.kql')
  subscriptions: loadTextContent('../../sync/telemetry/queries/subscriptions.kql')
  throttling: loadTextContent('../../sync/telemetry/queries/throttling.kql')
  work: loadTextContent('../../sync/telemetry/queries/work.kql')
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'couplet')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Couplet ${installation}'
    description: 'How Couplet stands and what it did: jobs, speed, failures, load, one record.'
    category: 'workbook'
    sourceId: workspace.id
    version: 'Notebook/1.0'
    serializedData: replace(workbookContent, '<workspace>', workspace.id)
  }
}

// The first line of a query says what it shows. Without the etag a second deployment is refused.
resource saved 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-02-01' = [for each in items(queries): {
  parent: workspace
  name: 'couplet-${each.key}'
  etag: '*'
  properties: {
    category: 'Couplet'
    displayName: trim(substring(first(split(each.value, '\n')), 2))
    query: each.value
    version: 2
  }
}]

output id string = workbook.id
