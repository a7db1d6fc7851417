metadata description = 'Two identities: the one that the app runs as, and the one that deploys it.'

param name string
param location string
param tags object
param deploymentSubject string
param deploymentIssuer string
param exchangeAudience string

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-app'
  location: location
  tags: tags
}

resource deployment 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-deployment'
  location: location
  tags: tags
}

// A workflow proves by a token of its own who it is: nothing to keep, nothing to renew.
resource workflow 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = if (!empty(deploymentSubject)) {
  parent: deployment
  name: 'workflow'
  properties: {
    issuer: deploymentIssuer
    subject: deploymentSubject
    audiences: [exchangeAudience]
  }
}

output appId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
output deploymentClientId string = deployment.properties.clientId
output deploymentPrincipalId string = deployment.properties.principalId
