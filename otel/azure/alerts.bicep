// Alert rules and their receivers. main.bicep deploys this file.
@description('Region of the resources.')
param location string

@description('Prefix of the names.')
param name string

@description('E-mail address that alerts are sent to.')
param email string

@description('Address that alerts are posted to. Empty: none.')
@secure()
param webhookUrl string = ''

@description('Resource id of Application Insights.')
param insightsId string

resource mailGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-mail'
  location: 'global'
  properties: {
    groupShortName: 'pellucid'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource webhookGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(webhookUrl)) {
  name: '${name}-webhook'
  location: 'global'
  properties: {
    groupShortName: 'webhook'
    enabled: true
    webhookReceivers: [
      {
        name: 'workflow'
        serviceUri: webhookUrl
        useCommonAlertSchema: true
      }
    ]
  }
}

// Each rule looks at the last 10 minutes, every 5 minutes. Its query covers them as a whole: shorter
// intervals would be cut off at the edges of the window.
var rules = [
  {
    name: 'cpu'
    title: 'CPU above 80 %'
    severity: 2
    query: loadTextContent('queries/alerts/cpu.kql')
    column: 'cpu_percent'
    aggregation: 'Maximum'
    threshold: 80
  }
  {
    name: 'response-time'
    title: 'Messages take more than 2 s'
    severity: 2
    query: loadTextContent('queries/alerts/latency.kql')
    column: 'average_ms'
    aggregation: 'Average'
    threshold: 2000
  }
  {
    name: 'error-rate'
    title: 'More than 5 % of the requests fail'
    severity: 1
    query: loadTextContent('queries/alerts/error-rate.kql')
    column: 'error_percent'
    aggregation: 'Average'
    threshold: 5
  }
  {
    name: 'failures'
    title: 'More than 10 errors in 10 minutes'
    severity: 2
    query: loadTextContent('queries/failures.kql')
    column: 'failures'
    aggregation: 'Total'
    threshold: 10
  }
]

resource alertRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: '${name}-${rule.name}'
  location: location
  properties: {
    displayName: rule.title
    severity: rule.severity
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    autoMitigate: true
    scopes: [
      insightsId
    ]
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: rule.column
          timeAggregation: rule.aggregation
          operator: 'GreaterThan'
          threshold: rule.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: empty(webhookUrl) ? [mailGroup.id] : [mailGroup.id, webhookGroup.id]
    }
  }
}]
