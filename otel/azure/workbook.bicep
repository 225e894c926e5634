// The workbook, and queries for the page Logs. main.bicep deploys this file.
@description('Region of the resources.')
param location string

@description('Prefix of the names.')
param name string

@description('Resource id of Application Insights.')
param insightsId string

var panels = [
  {
    title: 'Requests per second'
    query: loadTextContent('queries/requests-per-second.kql')
    visualization: 'timechart'
  }
  {
    title: 'Error rate'
    query: loadTextContent('queries/error-rate.kql')
    visualization: 'timechart'
  }
  {
    title: 'Latency'
    query: loadTextContent('queries/latency.kql')
    visualization: 'timechart'
  }
  {
    title: 'Processor use'
    query: loadTextContent('queries/cpu.kql')
    visualization: 'timechart'
  }
  {
    title: 'Failed requests by result code'
    query: loadTextContent('queries/failed-requests.kql')
    visualization: 'barchart'
  }
  {
    title: 'Warnings and errors'
    query: loadTextContent('queries/warnings.kql')
    visualization: 'table'
  }
]

var panelItems = [for panel in panels: {
  type: 3
  name: panel.title
  content: {
    version: 'KqlItem/1.0'
    title: panel.title
    query: panel.query
    size: 0
    timeContext: {
      durationMs: 86400000
    }
    queryType: 0
    resourceType: 'microsoft.insights/components'
    crossComponentResources: [
      insightsId
    ]
    visualization: panel.visualization
  }
}]

resource workbook 'Microsoft.Insights/workbooks@2022-04-01' = {
  name: guid(resourceGroup().id, name, 'workbook')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Pellucid'
    category: 'workbook'
    sourceId: insightsId
    version: '1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: panelItems
    })
  }
}

resource queryPack 'Microsoft.OperationalInsights/queryPacks@2019-09-01' = {
  name: '${name}-queries'
  location: location
  properties: {}
}

var queries = [
  {
    title: 'Failed requests by result code'
    body: loadTextContent('queries/failed-requests.kql')
  }
  {
    title: 'Slowest routes'
    body: loadTextContent('queries/latency-by-route.kql')
  }
  {
    title: 'Errors of the server by kind'
    body: loadTextContent('queries/failures.kql')
  }
  {
    title: 'Steps of the answers that take the most time'
    body: loadTextContent('queries/slow-steps.kql')
  }
  {
    title: 'Everything about one turn'
    body: loadTextContent('queries/one-turn.kql')
  }
  {
    title: 'Messages and replies of a session'
    body: loadTextContent('queries/conversations.kql')
  }
  {
    title: 'Turns by kind'
    body: loadTextContent('queries/turns.kql')
  }
  {
    title: 'Starts of servers and their versions'
    body: loadTextContent('queries/starts.kql')
  }
]

resource savedQueries 'Microsoft.OperationalInsights/queryPacks/queries@2019-09-01' = [for query in queries: {
  parent: queryPack
  name: guid(queryPack.id, query.title)
  properties: {
    displayName: query.title
    body: query.body
    related: {
      categories: [
        'applications'
      ]
      resourceTypes: [
        'microsoft.insights/components'
      ]
    }
  }
}]
