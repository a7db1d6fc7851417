using 'main.bicep'

// A test installation: one sandbox of each system, near real time off, little log.
param installation = 'test'
param bcEnvironment = 'Sandbox'
param bcCompanies = ['CRONUS International Ltd.']
param bcTimeZone = 'Europe/Berlin'
param salesUrl = 'https://contoso-test.crm4.dynamics.com'
param clientId = '00000000-0000-0000-0000-000000000000'
param logGigabytesADay = 1
