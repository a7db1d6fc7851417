metadata description = 'Couplet: the function app, its storage, its identities, and what watches it. Plain resources; deploy into a resource group of its own.'

@description('Region of all resources; one that offers Flex Consumption.')
param location string = resourceGroup().location

@description('Short name of this installation, such as test or prod. It stands in the names of all resources.')
@minLength(2)
@maxLength(8)
param installation string

@description('The environment of Business Central, such as Production.')
param bcEnvironment string

@description('Names or ids of the companies of Business Central, each once.')
@minLength(1)
param bcCompanies string[]

@description('The time zone of the companies, such as Europe/Berlin.')
param bcTimeZone string

@description('The organisation of Dynamics 365 Sales, such as https://contoso.crm4.dynamics.com.')
param salesUrl string

@description('The application (client) id that both systems know.')
param clientId string

@description('The tenant of both systems.')
param tenantId string = tenant().tenantId

@description('federation: the app registration trusts the identity of the app, and there is no secret. secret: it stands in the vault as entra-client-secret.')
@allowed(['federation', 'secret'])
param signIn string = 'federation'

@description('Whether both systems tell of changes. The secret stands in the vault as webhook-secret; set-up makes it.')
param nearRealTime bool = false

@description('When each mapping is looked at: six fields, seconds first, in UTC.')
param schedule string = '0 */5 * * * *'

@description('Further app settings by name; docs/settings.md lists them all.')
param settings object = {}

@description('The most instances at the same time; Flex Consumption takes no fewer than 40.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Whether storage and vault are reached through a virtual network only.')
param isolated bool = false

@description('The address range of the virtual network, where there is one.')
param networkRange string = '10.90.0.0/24'

@description('The client id of the app registration with which people sign in to the calls for people; empty: function keys alone.')
param consoleClientId string = ''

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logDays int = 30

@description('Gigabytes of logs a day at most; -1: no bound.')
param logGigabytesADay int = 1

@description('Who is told by e-mail when something needs a person; empty: nobody, and no alert is made.')
param alertEmails string[] = []

@description('Tags of all resources.')
param tags object = {}

var suffix = uniqueString(resourceGroup().id, installation)
var name = 'couplet-${installation}-${take(suffix, 6)}'
var allTags = union(tags, { application: 'couplet', installation: installation })

module identity 'azure/identity.bicep' = {
  name: 'identity'
  params: { name: name, location: location, tags: allTags }
}

module monitoring 'azure/monitoring.bicep' = {
  name: 'monitoring'
  params: { name: name, location: location, tags: allTags, days: logDays, gigabytesADay: logGigabytesADay }
}

module workbook 'azure/workbook.bicep' = {
  name: 'workbook'
  params: { location: location, tags: allTags, installation: installation, workspaceName: monitoring.outputs.workspaceName }
}

module alerts 'azure/alerts.bicep' = if (!empty(alertEmails)) {
  name: 'alerts'
  params: {
    name: name
    location: location
    tags: allTags
    installation: installation
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
  }
}

module network 'azure/network.bicep' = if (isolated) {
  name: 'network'
  params: { name: name, location: location, tags: allTags, range: networkRange }
}

module storage 'azure/storage.bicep' = {
  name: 'storage'
  params: {
    name: 'couplet${take(suffix, 13)}'
    location: location
    tags: allTags
    isolated: isolated
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'azure/vault.bicep' = {
  name: 'vault'
  params: {
    name: 'couplet-${take(suffix, 13)}'
    location: location
    tags: allTags
    isolated: isolated
    workspaceId: monitoring.outputs.workspaceId
  }
}

module endpoints 'azure/endpoints.bicep' = if (isolated) {
  name: 'endpoints'
  params: {
    name: name
    location: location
    tags: allTags
    networkId: isolated ? network.outputs.networkId : ''
    subnetId: isolated ? network.outputs.endpointsSubnetId : ''
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
  }
}

module roles 'azure/roles.bicep' = {
  name: 'roles'
  params: {
    storageName: storage.outputs.name
    packageContainer: storage.outputs.packageContainer
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    appPrincipalId: identity.outputs.appPrincipalId
    deploymentPrincipalId: identity.outputs.deploymentPrincipalId
  }
}

module app 'azure/app.bicep' = {
  name: 'app'
  params: {
    name: name
    location: location
    tags: allTags
    identityId: identity.outputs.appId
    identityClientId: identity.outputs.appClientId
    deploymentPrincipalId: identity.outputs.deploymentPrincipalId
    packageUrl: storage.outputs.packageUrl
    insightsConnection: monitoring.outputs.insightsConnection
    workspaceId: monitoring.outputs.workspaceId
    subnetId: isolated ? network.outputs.appSubnetId : ''
    maximumInstances: maximumInstances
    consoleClientId: consoleClientId
    tenantId: tenantId
    settings: union(coupletSettings, signInSettings[signIn], nearRealTime ? webhookSettings : {}, settings)
  }
  // An app whose identity lacks its roles is silently dead: they are there before it is.
  dependsOn: [roles, endpoints]
}

var vaultUri = vault.outputs.uri

var coupletSettings = {
  AzureWebJobsStorage__accountName: storage.outputs.name
  BC_ENVIRONMENT: bcEnvironment
  BC_COMPANY: join(bcCompanies, ';')
  BC_TIME_ZONE: bcTimeZone
  SALES_URL: salesUrl
  ENTRA_TENANT_ID: tenantId
  ENTRA_CLIENT_ID: clientId
  SYNC_SCHEDULE: schedule
}

var signInSettings = {
  federation: { ENTRA_FEDERATION: 'managed-identity' }
  secret: { ENTRA_CLIENT_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/entra-client-secret)' }
}

var webhookSettings = { WEBHOOK_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-secret)' }

@description('The name of the function app.')
output functionAppName string = app.outputs.name

@description('Where the app answers.')
output address string = app.outputs.address

@description('The principal that the app registration trusts as its federated credential: issuer, subject and audience of set-up.')
output appPrincipalId string = identity.outputs.appPrincipalId

@description('The client id of the identity that deploys.')
output deploymentClientId string = identity.outputs.deploymentClientId

@description('The workbook in the portal: jobs, failures, backlog, throttling, one record.')
output workbookId string = workbook.outputs.id

@description('The vault that keeps the secrets.')
output vaultName string = vault.outputs.name
