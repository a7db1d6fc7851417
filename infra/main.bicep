metadata description = 'Couplet: the function app, its storage, its identities, and what watches it. Plain resources; deploy into a resource group of its own.'

@description('Region of all resources; one that offers Flex Consumption.')
param location string = resourceGroup().location

@description('Short name of this installation, such as test or prod. It stands in the names of all resources.')
@minLength(2)
@maxLength(8)
param installation string

@description('The environment of Business Central, such as Production. Empty: it stands on premises, and settings name it.')
param bcEnvironment string = ''

@description('Names or ids of the companies of Business Central, each once.')
@minLength(1)
param bcCompanies array

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

@description('With signIn secret: the secret of the app registration, put into the vault. Empty: the one in the vault stays.')
@secure()
param clientSecret string = ''

@description('Whether both systems tell of changes. The secret of the webhooks stands in the vault as webhook-secret.')
param nearRealTime bool = false

@description('Random text of 32 characters or more, put into the vault; several separated by ; the one in use first. Empty: the one in the vault stays.')
@secure()
param webhookSecret string = ''

@description('Only for a Business Central on premises that is signed in to by BC_USER, one of the further settings: his web service access key, put into the vault. Empty: the one in the vault stays.')
@secure()
param bcAccessKey string = ''

@description('When each mapping is looked at: six fields, seconds first, in UTC.')
param schedule string = '0 */5 * * * *'

@description('Further app settings by name; docs/settings.md lists them all.')
param settings object = {}

@description('The most instances at the same time; Flex Consumption takes no fewer than 40.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('How storage keeps its copies; Standard_LRS where a region has no zones.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_ZRS'

@description('Whether storage and vault are reached through a virtual network only.')
param isolated bool = false

@description('The address range of the virtual network, where there is one.')
param networkRange string = '10.90.0.0/24'

@description('The client id of the app registration with which callers sign in and have the roles read and operate; empty: function keys.')
param consoleClientId string = ''

@description('Which workflow may deploy without a secret, such as repo:contoso/couplet:environment:production; empty: people alone.')
param deploymentSubject string = ''

@description('Who vouches for that workflow.')
param deploymentIssuer string = 'https://token.actions.githubusercontent.com'

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logDays int = 30

@description('Gigabytes of logs a day at most; -1: no bound.')
param logGigabytesADay int = 1

@description('Who is told by e-mail when something needs a person; empty: nobody, and no alert is made.')
param alertEmails array = []

@description('Tags of all resources.')
param tags object = {}

var suffix = uniqueString(resourceGroup().id, installation)
var name = 'couplet-${installation}-${take(suffix, 6)}'
var allTags = union(tags, { application: 'couplet', installation: installation })
// What tokens are for that are exchanged for tokens of Entra: each cloud has a name of its own.
var audiences = { AzureUSGovernment: 'api://AzureADTokenExchangeUSGov', AzureChinaCloud: 'api://AzureADTokenExchangeChina' }
var exchangeAudience = contains(audiences, environment().name) ? audiences[environment().name] : 'api://AzureADTokenExchange'

module identity 'azure/identity.bicep' = {
  name: 'identity'
  params: {
    name: name
    location: location
    tags: allTags
    deploymentSubject: deploymentSubject
    deploymentIssuer: deploymentIssuer
    exchangeAudience: exchangeAudience
  }
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
    redundancy: storageRedundancy
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
    clientSecret: clientSecret
    webhookSecret: webhookSecret
    accessKey: bcAccessKey
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
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    appPrincipalId: identity.outputs.appPrincipalId
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
    settings: union(storageSettings, onlineSettings, coupletSettings, signInSettings[signIn], chosenSettings, settings)
  }
  // An app whose identity lacks its roles is silently dead: they are there before it is.
  dependsOn: [roles, endpoints]
}

var vaultUri = vault.outputs.uri

// The name of the account is enough where its services have the usual addresses; other clouds need them in full.
var storageSettings = environment().suffixes.storage == 'core.windows.net' ? {
  AzureWebJobsStorage__accountName: storage.outputs.name
} : {
  AzureWebJobsStorage__blobServiceUri: storage.outputs.endpoints.blob
  AzureWebJobsStorage__queueServiceUri: storage.outputs.endpoints.queue
  AzureWebJobsStorage__tableServiceUri: storage.outputs.endpoints.table
}

var coupletSettings = {
  BC_COMPANY: join(bcCompanies, ';')
  BC_TIME_ZONE: bcTimeZone
  SALES_URL: salesUrl
  ENTRA_TENANT_ID: tenantId
  ENTRA_CLIENT_ID: clientId
  SYNC_SCHEDULE: schedule
}

var onlineSettings = empty(bcEnvironment) ? {} : { BC_ENVIRONMENT: bcEnvironment }

var signInSettings = {
  federation: { ENTRA_FEDERATION: 'managed-identity' }
  secret: { ENTRA_CLIENT_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/entra-client-secret)' }
}

var chosenSettings = union(
  nearRealTime ? { WEBHOOK_SECRET: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/webhook-secret)' } : {},
  contains(settings, 'BC_USER') ? { BC_ACCESS_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/bc-access-key)' } : {},
  empty(consoleClientId) ? {} : { SIGN_IN: 'entra' }
)

@description('The name of the function app.')
output functionAppName string = app.outputs.name

@description('Where the app answers.')
output address string = app.outputs.address

@description('What the app registration trusts as its federated credential.')
output federatedCredential object = {
  name: name
  issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
  subject: identity.outputs.appPrincipalId
  audiences: [exchangeAudience]
}

@description('The client id of the identity that deploys.')
output deploymentClientId string = identity.outputs.deploymentClientId

@description('The workbook in the portal: jobs, failures, backlog, throttling, one record.')
output workbookId string = workbook.outputs.id

@description('The storage account.')
output storageName string = storage.outputs.name

@description('The vault that keeps the secrets.')
output vaultName string = vault.outputs.name
