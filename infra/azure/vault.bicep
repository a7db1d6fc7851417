metadata description = 'The vault for what must stay secret: the webhook secret, without federation the client secret, and the access key of a Business Central on premises. They come with a deployment, made by a command; nobody types them.'

param name string
param location string
param tags object
param isolated bool
param workspaceId string
@secure()
param clientSecret string
@secure()
param webhookSecret string
@secure()
param accessKey string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: isolated ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isolated ? 'Deny' : 'Allow'
    }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'couplet'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

// Written through the management plane, which reaches an isolated vault, too. Without a value the secret that is there stays as it is.
resource entraClientSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(clientSecret)) {
  parent: vault
  name: 'entra-client-secret'
  tags: tags
  properties: { value: clientSecret, contentType: 'text/plain' }
}

resource hookSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(webhookSecret)) {
  parent: vault
  name: 'webhook-secret'
  tags: tags
  properties: { value: webhookSecret, contentType: 'text/plain' }
}

resource serverKey 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(accessKey)) {
  parent: vault
  name: 'bc-access-key'
  tags: tags
  properties: { value: accessKey, contentType: 'text/plain' }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
