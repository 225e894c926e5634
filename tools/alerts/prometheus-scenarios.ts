import type { Scenario } from './scenarios.ts'

/** Of what only Prometheus sees. */
export const PROMETHEUS_SCENARIOS: readonly Scenario[] = [
  {
    name: 'system_down fires after a minute without response, not after a missed scrape',
    intervalS: 15,
    series: {
      'up{job="chatbot",instance="gone:8000"}': '1x3 0x20',
      'up{job="chatbot",instance="missed:8000"}': '1x3 0x2 1x20',
    },
    firing: { 1: [], 3: ['system_down{instance="gone:8000", job="chatbot"}'] },
  },
  {
    name: 'a collector that is down, or fails',
    intervalS: 60,
    series: {
      'up{job="collector",instance="collector:8888"}': '0x20',
      'otelcol_exporter_send_failed_spans{job="collector",exporter="otlp_grpc/jaeger"}': '0+10x20',
      'otelcol_exporter_enqueue_failed_spans{job="collector",exporter="otlp_grpc/jaeger"}': '0+1x20',
      'otelcol_exporter_send_failed_log_records{job="collector",exporter="otlp_http/loki"}': '0x20',
      'otelcol_receiver_refused_spans{job="collector",receiver="otlp"}': '0+10x20',
    },
    firing: {
      12: [
        'collector_down{instance="collector:8888", job="collector"}',
        'collector_fails{exporter="otlp_grpc/jaeger", job="collector"}',
        'collector_fails{receiver="otlp", job="collector"}',
      ],
    },
  },
]
