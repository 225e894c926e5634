import { CHARTS_HEIGHT, layOut, NUMBERS_HEIGHT } from './layout.ts'
import { heatmap, stat, timeSeries } from './panels.ts'
import { bucketsOf, NOW_WINDOW, perMinute, quantileOf, RARE_WINDOW, rateOf, shareOf } from './promql.ts'

const TRACED_SEARCH = 'service_name="chatbot", span_name="retrieval documents"'

/** Whether questions find what they look for, and how fast. */
export const SEARCH = layOut({
  uid: 'search',
  title: 'Search',
  description: 'How questions fare with the documents: speed, hits, confidence, and what found nothing.',
  shows: '6h',
  sections: [
    {
      lines: [
        {
          height: NUMBERS_HEIGHT,
          panels: [
            stat({
              title: 'Searches',
              description: 'Searches a second over the last 5 minutes.',
              unit: 'cps',
              expr: rateOf('chatbot_searches_total', { window: NOW_WINDOW }),
            }),
            stat({
              title: 'Duration, p95',
              description: '19 of 20 searches of the last 5 minutes took no longer.',
              unit: 's',
              expr: quantileOf(0.95, 'chatbot_search_duration_seconds', { window: NOW_WINDOW }),
              noValue: 'no search',
            }),
            stat({
              title: 'Without a hit',
              description: 'Share of the searches of the last hour that found nothing at all.',
              unit: 'percentunit',
              expr: withoutHit(RARE_WINDOW),
              noValue: 'no search',
            }),
            stat({
              title: 'Not answered',
              description:
                'Share of the questions of the last hour that were not answered, since what was found did not suffice.',
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
              description: 'Passages that the documents were cut into; they are what is found.',
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
              description: 'Searches a second, by whether anything was found.',
              unit: 'cps',
              stacked: true,
              series: [{ expr: rateOf('chatbot_searches_total', { by: 'outcome' }), legend: '{{outcome}}' }],
            }),
            timeSeries({
              title: 'Duration',
              description: 'How long a search takes, the reading of its passages included.',
              unit: 's',
              series: [0.5, 0.95, 0.99].map(quantile => ({
                expr: quantileOf(quantile, 'chatbot_search_duration_seconds'),
                legend: `p${quantile * 100}`,
              })),
            }),
            timeSeries({
              title: 'Duration as it is traced',
              description: 'The same by the traces of turns. The points are single searches: a click leads to the trace.',
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
              title: 'How durations spread',
              description: 'Searches by how long they took.',
              unit: 's',
              expr: bucketsOf('chatbot_search_duration_seconds'),
            }),
            heatmap({
              title: 'Hits of a search',
              description: 'Searches by how many passages they found, of those they asked for.',
              unit: 'short',
              expr: bucketsOf('chatbot_search_hits'),
            }),
            timeSeries({
              title: 'Nothing found, and not answered',
              description:
                'Share of searches without a hit, and share of questions that were not answered. Both rise when people ask what the documents do not tell.',
              unit: 'percentunit',
              max: 1,
              series: [
                { expr: withoutHit(), legend: 'without a hit' },
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
                'Questions by the confidence in their answer, given or not. Two clear bands are good; much in the middle means guessing.',
              unit: 'percentunit',
              expr: bucketsOf('chatbot_answer_confidence_ratio'),
            }),
            timeSeries({
              title: 'Questions by outcome',
              description: 'Questions to the documents a minute; commands and greetings are none.',
              unit: 'cpm',
              stacked: true,
              series: [{ expr: perMinute('chatbot_questions_total', { by: 'outcome' }), legend: '{{outcome}}' }],
            }),
            timeSeries({
              title: 'Judgements',
              description: 'Judgements of answers a minute, those that replace an earlier one included.',
              unit: 'cpm',
              stacked: true,
              series: [{ expr: perMinute('chatbot_feedback_total', { by: 'judgement' }), legend: '{{judgement}}' }],
            }),
            timeSeries({
              title: 'Documents and passages',
              description:
                'What is in the index. A drop means that documents were taken out, or that the index is being built anew.',
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
