using 'main.bicep'

// A Business Central on premises with an access key: docs/mixed-setups.md says what the settings are.
param installation = 'prem'
param bcCompanies = ['CRONUS International Ltd.']
param bcTimeZone = 'Europe/Berlin'
param salesUrl = 'https://contoso.crm4.dynamics.com'
param clientId = '00000000-0000-0000-0000-000000000000'
param isolated = true
param settings = {
  BC_URL: 'https://bc.contoso.com:7048'
  BC_INSTANCE: 'BC260'
  BC_CLIENT_URL: 'https://bc.contoso.com/BC260'
  BC_USER: 'COUPLET'
}

// Given once, by BC_ACCESS_KEY in the environment of the command; later deployments leave the key as it is.
param bcAccessKey = readEnvironmentVariable('BC_ACCESS_KEY', '')
