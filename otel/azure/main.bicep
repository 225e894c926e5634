// Application Insights for Pellucid, with alert rules, a workbook, saved queries and access rights.
//   az deployment group create --resource-group GROUP --template-file otel/azure/main.bicep --parameters email=ops@example.com

@description('Region of the resources.')
param location string = resourceGroup().location

@description('Prefix of the names.')
param name string = 'pellucid'

@description('E-mail address that alerts are sent to.')
param email string

@description('Address that alerts are posted to. Empty: none.')
@secure()
param webhookUrl string = ''

@description('Days for which telemetry is kept. The first 31 are free of charge.')
@minValue(30)
@maxValue(730)
param retentionDays int = 30

@description('Gigabytes a day after which telemetry is refused until the next day.')
param dailyLimitGb int = 5

@description('Object ids of the groups or users that may read telemetry and dashboards.')
param readers array = []

@description('Name of the App Service in this resource group that runs the server. Empty: none.')
param webAppName string = ''

// Built-in roles: Log Analytics Reader, Monitoring Reader.
var readerRoles = [
  '73c42c96-874c-492b-b04d-ab87d138a893'
  '43d0d8ad-25c7-4714-9337-8ba259a9fe05'
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyLimitGb
    }
    features: {
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    RetentionInDays: retentionDays
    DisableIpMasking: false
  }
}

// Who queried what, and the metrics of the workspace itself.
resource workspaceDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource webApp 'Microsoft.Web/sites@2023-12-01' existing = if (!empty(webAppName)) {
  name: webAppName
}

resource webAppDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(webAppName)) {
  name: 'logs-and-metrics'
  scope: webApp
  properties: {
    workspaceId: workspace.id
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

module alerts 'alerts.bicep' = {
  name: '${name}-alerts'
  params: {
    location: location
    name: name
    email: email
    webhookUrl: webhookUrl
    insightsId: insights.id
  }
}

module workbook 'workbook.bicep' = {
  name: '${name}-workbook'
  params: {
    location: location
    name: name
    insightsId: insights.id
  }
}

// Readers see telemetry, the workbook and alerts, and change nothing.
resource readerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  name: guid(workspace.id, reader, readerRoles[0])
  scope: workspace
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', readerRoles[0])
    principalId: reader
  }
}]

resource monitoringAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for reader in readers: {
  name: guid(insights.id, reader, readerRoles[1])
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', readerRoles[1])
    principalId: reader
  }
}]

@description('Value of APPLICATIONINSIGHTS_CONNECTION_STRING.')
output connectionString string = insights.properties.ConnectionString
