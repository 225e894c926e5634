import { requests, type Scenario } from './scenarios.ts'

/** Scenarios over days, which Prometheus evaluates less often. */
export const DAY_SCENARIOS: readonly Scenario[] = [
  {
    name: 'errors and traffic that differ from the same time of the past days',
    intervalS: 900,
    series: {
      [requests('/chat', 'success')]: '0+900x480 432000+1800x20',
      [requests('/chat', 'error')]: '0+1x480 480+72x20',
    },
    firing: { 7000: [], 7380: ['error_rate_unusual', 'traffic_unusual'] },
  },
  {
    name: 'a constant rate of errors is not unusual',
    intervalS: 900,
    series: {
      [requests('/chat', 'success')]: '0+980x500',
      [requests('/chat', 'error')]: '0+20x500',
    },
    firing: { 7380: [] },
  },
]
