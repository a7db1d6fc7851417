using 'main.bicep'

// The deployment that docs/deploy.md walks through, by az or azd: names from the environment, secrets there for one command only.
param location = readEnvironmentVariable('AZURE_LOCATION')
param installation = readEnvironmentVariable('AZURE_ENV_NAME')
param bcEnvironment = readEnvironmentVariable('BC_ENVIRONMENT')
param bcCompanies = split(readEnvironmentVariable('BC_COMPANY'), ';')
param bcTimeZone = readEnvironmentVariable('BC_TIME_ZONE', 'UTC')
param salesUrl = readEnvironmentVariable('SALES_URL')
param clientId = readEnvironmentVariable('ENTRA_CLIENT_ID')
param signIn = readEnvironmentVariable('APP_SIGN_IN', 'federation')
param clientSecret = readEnvironmentVariable('ENTRA_CLIENT_SECRET', '')
param nearRealTime = bool(readEnvironmentVariable('NEAR_REAL_TIME', 'false'))
param webhookSecret = readEnvironmentVariable('WEBHOOK_SECRET', '')
param isolated = bool(readEnvironmentVariable('ISOLATED', 'false'))
param consoleClientId = readEnvironmentVariable('CONSOLE_CLIENT_ID', '')
param alertEmails = empty(readEnvironmentVariable('ALERT_EMAILS', '')) ? [] : split(readEnvironmentVariable('ALERT_EMAILS', ''), ';')
