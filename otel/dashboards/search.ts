import { CHARTS_HEIGHT, layOut, NUMBERS_HEIGHT } from './layout.ts'
import { heatmap, stat, timeSeries } from './panels.ts'
import { bucketsOf, NOW_WINDOW, perMinute, quantileOf, RARE_WINDOW, rateOf, shareOf } from './promql.ts'

const TRACED_SEARCH = 'service_name="chatbot", span_name="retrieval documents"'

/** Speed and quality of search. */
export const SEARCH = layOut({
  uid: 'search',
  title: 'Search',
  description: 'Speed, hits, confidence, and searches without results.',
  shows: '6h',
  sections: [
    {
      lines: [
        {
          height: NUMBERS_HEIGHT,
          panels: [
            stat({
              title: 'Searches',
              description: 'Searches per second over the last 5 minutes.',
              unit: 'cps',
              expr: rateOf('chatbot_searches_total', { window: NOW_WINDOW }),
            }),
            stat({
              title: 'Duration, p95',
              description: '95 % of the searches of the last 5 minutes took at most this long.',
              unit: 's',
              expr: quantileOf(0.95, 'chatbot_search_duration_seconds', { window: NOW_WINDOW }),
              noValue: 'no search',
            }),
            stat({
              title: 'Without hits',
              description: 'Share of the searches of the last hour without any hit.',
              unit: 'percentunit',
              expr: withoutHit(RARE_WINDOW),
              noValue: 'no search',
            }),
            stat({
              title: 'Not answered',
              description: 'Share of the questions of the last hour with a confidence below the threshold.',
              unit: 'percentunit',
              expr: notAnswered(RARE_WINDOW),
              noValue: 'no question',
            }),
            stat({
              title: 'Documents',
              description: 'Documents in the index.',
              unit: 'short',
              expr: 'max(chatbot_documents)',
            }),
            stat({
              title: 'Passages',
              description: 'Passages in the index. Documents are split into passages.',
              unit: 'short',
              expr: 'max(chatbot_passages)',
            }),
          ],
        },
      ],
    },
    {
      title: 'Searches',
      lines: [
        {
          height: CHARTS_HEIGHT,
          panels: [
            timeSeries({
              title: 'Searches by outcome',
              description: 'Searches per second, by whether they found any passage.',
              unit: 'cps',
              stacked: true,
              series: [{ expr: rateOf('chatbot_searches_total', { by: 'outcome' }), legend: '{{outcome}}' }],
            }),
            timeSeries({
              title: 'Duration',
              description: 'Duration of searches, including reading the passages.',
              unit: 's',
              series: [0.5, 0.95, 0.99].map(quantile => ({
                expr: quantileOf(quantile, 'chatbot_search_duration_seconds'),
                legend: `p${quantile * 100}`,
              })),
            }),
            timeSeries({
              title: 'Duration, from traces',
              description: 'Duration of searches, from traces. Click a point to open its trace.',
              unit: 's',
              series: [
                {
                  expr: quantileOf(0.95, 'traces_span_metrics_duration_seconds', { where: TRACED_SEARCH }),
                  legend: 'p95',
                  exemplars: true,
                },
              ],
            }),
          ],
        },
        {
          height: CHARTS_HEIGHT,
          panels: [
            heatmap({
              title: 'Distribution of durations',
              description: 'Number of searches by duration.',
              unit: 's',
              expr: bucketsOf('chatbot_search_duration_seconds'),
            }),
            heatmap({
              title: 'Hits per search',
              description: 'Number of searches by passages returned.',
              unit: 'short',
              expr: bucketsOf('chatbot_search_hits'),
            }),
            timeSeries({
              title: 'Not found and not answered',
              description:
                'Share of searches without hits, and share of questions without an answer. Both rise if users ask about topics that the documents do not cover.',
              unit: 'percentunit',
              max: 1,
              series: [
                { expr: withoutHit(), legend: 'without hits' },
                { expr: notAnswered(), legend: 'not answered' },
              ],
            }),
          ],
        },
      ],
    },
    {
      title: 'Answers and documents',
      lines: [
        {
          height: CHARTS_HEIGHT,
          panels: [
            heatmap({
              title: 'Confidence',
              description:
                'Number of questions by confidence. Values near 0 and 1 are good; many values in between mean uncertain answers.',
              unit: 'percentunit',
              expr: bucketsOf('chatbot_answer_confidence_ratio'),
            }),
            timeSeries({
              title: 'Questions by outcome',
              description: 'Questions per minute, without commands and small talk.',
              unit: 'cpm',
              stacked: true,
              series: [{ expr: perMinute('chatbot_questions_total', { by: 'outcome' }), legend: '{{outcome}}' }],
            }),
            timeSeries({
              title: 'Judgements',
              description: 'Judgements per minute. A changed judgement counts again.',
              unit: 'cpm',
              stacked: true,
              series: [{ expr: perMinute('chatbot_feedback_total', { by: 'judgement' }), legend: '{{judgement}}' }],
            }),
            timeSeries({
              title: 'Documents and passages',
              description: 'Contents of the index. A drop means that documents were removed or the index is being rebuilt.',
              unit: 'short',
              series: [
                { expr: 'max(chatbot_documents)', legend: 'documents' },
                { expr: 'max(chatbot_passages)', legend: 'passages' },
              ],
            }),
          ],
        },
      ],
    },
  ],
})

function withoutHit(window?: string): string {
  return shareOf(
    rateOf('chatbot_searches_total', { where: 'outcome="none"', window }),
    rateOf('chatbot_searches_total', { window }),
  )
}

function notAnswered(window?: string): string {
  return shareOf(
    rateOf('chatbot_questions_total', { where: 'outcome="abstained"', window }),
    rateOf('chatbot_questions_total', { window }),
  )
}
