metadata description = 'Who is told, and when: what needs a person, looked for every quarter of an hour.'

param name string
param location string
param tags object
param installation string
param workspaceId string
param emails array

var company = { name: 'company', operator: 'Include', values: ['*'] }
var mapping = { name: 'mapping', operator: 'Include', values: ['*'] }
var subscription = { name: 'resource', operator: 'Include', values: ['*'] }

var perCompany = [company]
var perMapping = [company, mapping]
var perResource = [company, subscription]

// window: how far back a query looks. lasts: whether it shows what still is so, and the alert resolves itself, or what happened once: that is
// looked for by when it arrived, as logs may be some minutes late.
// nothing: whether an empty answer is what is told. by: what stands in the e-mail.
var rules = {
  'no-sign-of-life': {
    query: loadTextContent('../../sync/telemetry/queries/alerts/no-sign-of-life.kql')
    severity: 0
    window: 'PT15M'
    lasts: true
    nothing: true
    by: []
  }
  silent: {
    query: loadTextContent('../../sync/telemetry/queries/alerts/silent.kql')
    severity: 1
    window: 'PT15M'
    lasts: true
    nothing: false
    by: perMapping
  }
  'in-error': {
    query: loadTextContent('../../sync/telemetry/queries/alerts/in-error.kql')
    severity: 2
    window: 'PT15M'
    lasts: true
    nothing: false
    by: perMapping
  }
  'connection-down': {
    query: loadTextContent('../../sync/telemetry/queries/alerts/connection-down.kql')
    severity: 1
    window: 'PT15M'
    lasts: true
    nothing: false
    by: perCompany
  }
  'problems-growing': {
    query: loadTextContent('../../sync/telemetry/queries/alerts/problems-growing.kql')
    severity: 2
    window: 'PT1H'
    lasts: true
    nothing: false
    by: perCompany
  }
  brake: {
    query: loadTextContent('../../sync/telemetry/queries/alerts/brake.kql')
    severity: 1
    window: 'PT1H'
    lasts: false
    nothing: false
    by: perMapping
  }
  'given-up': {
    query: loadTextContent('../../sync/telemetry/queries/alerts/given-up.kql')
    severity: 2
    window: 'PT1H'
    lasts: false
    nothing: false
    by: perMapping
  }
  'subscription-ends': {
    query: loadTextContent('../../sync/telemetry/queries/alerts/subscription-ends.kql')
    severity: 3
    window: 'PT1H'
    lasts: true
    nothing: false
    by: perResource
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'couplet'
    enabled: true
    emailReceivers: [for (email, i) in emails: { name: 'person ${i + 1}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

// A workspace that nothing was sent to yet may not know its tables: queries are not tried out while they are deployed.
resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for each in items(rules): {
  name: '${name}-${each.key}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Couplet ${installation}: ${trim(substring(first(split(each.value.query, '\n')), 2))}'
    description: 'What to do: docs/portal.md#alerts'
    enabled: true
    severity: each.value.severity
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: each.value.window
    autoMitigate: each.value.lasts
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: each.value.query
          timeAggregation: 'Count'
          operator: each.value.nothing ? 'LessThan' : 'GreaterThanOrEqual'
          threshold: 1
          dimensions: each.value.by
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]
