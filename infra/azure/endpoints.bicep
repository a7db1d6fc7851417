metadata description = 'Private endpoints of storage and vault, with the names that lead to them.'

param name string
param location string
param tags object
param networkId string
param subnetId string
param storageId string
param vaultId string

var storageSuffix = environment().suffixes.storage
var targets = [
  { group: 'blob', id: storageId, zone: 'privatelink.blob.${storageSuffix}' }
  { group: 'queue', id: storageId, zone: 'privatelink.queue.${storageSuffix}' }
  { group: 'table', id: storageId, zone: 'privatelink.table.${storageSuffix}' }
  { group: 'vault', id: vaultId, zone: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}' }
]

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = [for target in targets: {
  name: target.zone
  location: 'global'
  tags: tags
}]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [for (target, i) in targets: {
  parent: zone[i]
  name: name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = [for target in targets: {
  name: '${name}-${target.group}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: target.group
        properties: { privateLinkServiceId: target.id, groupIds: [target.group] }
      }
    ]
  }
}]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (target, i) in targets: {
  parent: endpoint[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [{ name: target.group, properties: { privateDnsZoneId: zone[i].id } }]
  }
}]
