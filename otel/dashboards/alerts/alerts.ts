import { CHARTS_HEIGHT, layOut, NUMBERS_HEIGHT } from '../layout.ts'
import { stat, timeSeries } from '../panels.ts'
import { NOW_WINDOW, rateOf } from '../promql.ts'
import { CPU_LIMIT_RATIO, DISK_FREE_LIMIT_RATIO, limit, MEMORY_LIMIT_RATIO, NONE_IS_GOOD } from '../thresholds.ts'

/** What fires, whether it arrives, and how much room is left. */
export const ALERTS = layOut({
  uid: 'alerts',
  title: 'Alerts and capacity',
  description: 'Alerts of Prometheus and of the server itself, their delivery, and the room that is left.',
  shows: '24h',
  sections: [
    {
      lines: [
        {
          height: NUMBERS_HEIGHT,
          panels: [
            stat({
              title: 'Critical',
              description: 'Critical alerts that fire in Prometheus.',
              unit: 'short',
              expr: 'count(ALERTS{alertstate="firing", severity="critical"}) or vector(0)',
              thresholds: NONE_IS_GOOD,
            }),
            stat({
              title: 'Warnings',
              description: 'Warnings that fire in Prometheus.',
              unit: 'short',
              expr: 'count(ALERTS{alertstate="firing", severity="warning"}) or vector(0)',
              thresholds: NONE_IS_GOOD,
            }),
            stat({
              title: 'Undelivered',
              description: 'Notifications of the server that wait for delivery.',
              unit: 'short',
              expr: 'sum(notifications_waiting)',
              thresholds: NONE_IS_GOOD,
            }),
            stat({
              title: 'Log fills the disk in',
              description: 'From the growth over the last seven days. 3650 days mean never.',
              unit: 'd',
              expr: 'min(log_days_until_full)',
            }),
          ],
        },
        {
          height: CHARTS_HEIGHT,
          panels: [
            timeSeries({
              title: 'Alerts',
              description: 'Alerts that fire in Prometheus, by name.',
              unit: 'short',
              stacked: true,
              series: [{ expr: 'count by (alertname) (ALERTS{alertstate="firing"}) or vector(0)', legend: '{{alertname}}' }],
            }),
            timeSeries({
              title: 'Alerts of the server itself',
              description: 'Alerts that fire as the server evaluates them. They differ from those of Prometheus by seconds.',
              unit: 'short',
              stacked: true,
              series: [{ expr: 'sum by (rule) (alerts_firing)', legend: '{{rule}}' }],
            }),
            timeSeries({
              title: 'Mean time to resolve',
              description: 'From firing to resolved, over the history of alerts, by rule. 0 until one was resolved.',
              unit: 's',
              series: [{ expr: 'max by (rule) (alert_time_to_resolve_seconds) or vector(0)', legend: '{{rule}}' }],
            }),
          ],
        },
      ],
    },
    {
      title: 'Delivery',
      lines: [
        {
          height: CHARTS_HEIGHT,
          panels: [
            timeSeries({
              title: 'Notifications',
              description: 'Notifications that channels accepted, and those that were given up, per hour.',
              unit: 'short',
              series: [
                { expr: 'sum by (channel) (increase(notifications_delivered_total[1h]))', legend: '{{channel}}' },
                { expr: 'sum by (channel) (increase(notification_failures_total[1h]))', legend: '{{channel}}, given up' },
              ],
            }),
            timeSeries({
              title: 'Waiting notifications',
              description: 'Notifications that wait for delivery, by channel.',
              unit: 'short',
              series: [{ expr: 'sum by (channel) (notifications_waiting)', legend: '{{channel}}' }],
            }),
            timeSeries({
              title: 'Evaluation',
              description: 'Duration of an evaluation of all rules in the server.',
              unit: 's',
              series: [{ expr: 'max(monitoring_evaluation_seconds)', legend: 'evaluation' }],
            }),
          ],
        },
      ],
    },
    {
      title: 'Capacity',
      lines: [
        {
          height: CHARTS_HEIGHT,
          panels: [
            timeSeries({
              title: 'Share of CPU and memory',
              description: 'The alerts fire above 80 % of the CPUs and above 85 % of the memory, the dashed line.',
              unit: 'percentunit',
              max: 1,
              thresholds: limit(Math.max(CPU_LIMIT_RATIO, MEMORY_LIMIT_RATIO)),
              series: [
                {
                  expr: `max(rate(process_cpu_seconds_total{job="chatbot"}[${NOW_WINDOW}]) / process_available_cpus)`,
                  legend: 'CPU',
                },
                { expr: 'max(process_resident_memory_bytes{job="chatbot"} / process_memory_limit_bytes)', legend: 'memory' },
                { expr: 'max(chatbot_active_sessions / chatbot_sessions_limit)', legend: 'sessions' },
              ],
            }),
            timeSeries({
              title: 'Free disk',
              description: 'Free share of the disks. The alert fires below the dashed line.',
              unit: 'percentunit',
              max: 1,
              thresholds: limit(DISK_FREE_LIMIT_RATIO),
              series: [{ expr: 'min by (volume) (disk_free_bytes / disk_size_bytes)', legend: '{{volume}}' }],
            }),
            timeSeries({
              title: 'Turns per second',
              description: 'Load, to compare with the shares beside it.',
              unit: 'reqps',
              series: [{ expr: rateOf('chatbot_turns_total'), legend: 'turns' }],
            }),
            timeSeries({
              title: 'Stored metrics',
              description: 'Size of what the server stores about itself. `metrics.max_mb` in monitoring.yaml limits it.',
              unit: 'bytes',
              series: [{ expr: 'max(monitoring_bytes)', legend: 'size' }],
            }),
          ],
        },
      ],
    },
  ],
})
