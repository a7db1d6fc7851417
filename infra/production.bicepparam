using 'main.bicep'

// Production: near real time on, storage and vault in a network of their own, callers sign in, a workflow deploys.
param installation = 'prod'
param bcEnvironment = 'Production'
param bcCompanies = ['Contoso AG', 'Contoso Handels GmbH']
param bcTimeZone = 'Europe/Berlin'
param salesUrl = 'https://contoso.crm4.dynamics.com'
param clientId = '00000000-0000-0000-0000-000000000000'
param nearRealTime = true
// Given once, by WEBHOOK_SECRET in the environment of the command; later deployments leave the secret as it is.
param webhookSecret = readEnvironmentVariable('WEBHOOK_SECRET', '')
param isolated = true
param consoleClientId = '00000000-0000-0000-0000-000000000001'
param alertEmails = ['operations@contoso.com']
param deploymentSubject = 'repo:contoso/couplet:environment:production'
param logDays = 90
param logGigabytesADay = 5
param settings = {
  JOB_RETENTION_DAYS: '90'
}
