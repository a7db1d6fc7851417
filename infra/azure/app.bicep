metadata description = 'The function app on its Flex Consumption plan, with its settings and, where wanted, the sign-in of people.'

param name string
param location string
param tags object
param identityId string
param identityClientId string
param deploymentPrincipalId string
param packageUrl string
param insightsConnection string
param workspaceId string
param subnetId string
param maximumInstances int
param consoleClientId string
param tenantId string
param settings object

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles: Website Contributor
var websiteContributor = 'de139f84-1756-47ae-9be6-808fbbe84772'

var hostSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AZURE_CLIENT_ID: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}

// docs/telemetry.md says why. The worker sets OpenTelemetry up by itself; PYTHON_ENABLE_OPENTELEMETRY must stay unset.
var telemetrySettings = {
  PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
  PYTHON_APPLICATIONINSIGHTS_LOGGER_NAME: 'couplet'
  OTEL_TRACES_SAMPLER: 'always_on'
  OTEL_METRIC_EXPORT_INTERVAL: '300000'
  OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'azure_sdk,django,fastapi,flask,httpx,httpx2,psycopg2,requests,urllib,urllib3'
  APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED: 'true'
  APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL: 'true'
  APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED: 'true'
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'couplet' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      appSettings: [for each in items(union(hostSettings, telemetrySettings, settings)): { name: each.key, value: each.value }]
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'python', version: '3.13' }
      // Nothing is kept ready: a timer and a queue wait for nobody, and what is kept ready is paid for day and night.
      scaleAndConcurrency: { instanceMemoryMB: 512, maximumInstanceCount: maximumInstances, alwaysReady: [] }
    }
  }
}

// Who has not signed in passes as nobody: health, webhooks and stock ask for no sign-in, and the app asks for a role everywhere else.
resource signIn 'Microsoft.Web/sites/config@2024-04-01' = if (!empty(consoleClientId)) {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: { unauthenticatedClientAction: 'AllowAnonymous' }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: consoleClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenantId}/v2.0'
        }
        validation: { allowedAudiences: ['api://${consoleClientId}', consoleClientId] }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}

resource deployer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: site
  name: guid(site.id, deploymentPrincipalId, websiteContributor)
  properties: {
    principalId: deploymentPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', websiteContributor)
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: site
  name: 'couplet'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output name string = site.name
output address string = 'https://${site.properties.defaultHostName}'
