using 'main.bicep'

// Production: near real time on, storage and vault in a network of their own, people sign in.
param installation = 'prod'
param bcEnvironment = 'Production'
param bcCompanies = ['Contoso AG', 'Contoso Handels GmbH']
param bcTimeZone = 'Europe/Berlin'
param salesUrl = 'https://contoso.crm4.dynamics.com'
param clientId = '00000000-0000-0000-0000-000000000000'
param nearRealTime = true
param isolated = true
param consoleClientId = '00000000-0000-0000-0000-000000000001'
param alertEmails = ['operations@contoso.com']
param logDays = 90
param logGigabytesADay = 5
param settings = {
  JOB_RETENTION_DAYS: '90'
}
