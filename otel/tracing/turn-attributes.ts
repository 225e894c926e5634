import type { Attributes } from '@opentelemetry/api'
import { ATTRIBUTES, describeInput, describeOutput } from './conventions.ts'

/**
 * Attributes of a turn's span at its start.
 * @param message The message in the form that spans may contain, or undefined.
 */
export function turnInput(message: string | undefined): Attributes {
  return {
    [ATTRIBUTES.genAiOperationName]: 'invoke_agent',
    [ATTRIBUTES.genAiAgentName]: 'pellucid',
    [ATTRIBUTES.genAiInputMessages]: describeInput(message),
  }
}

/**
 * Attributes of a turn's span at its end.
 * @param reply The reply in the form that spans may contain, or undefined.
 */
export function turnOutput(kind: string, reply: string | undefined): Attributes {
  return { [ATTRIBUTES.chatbotTurnKind]: kind, [ATTRIBUTES.genAiOutputMessages]: describeOutput(reply) }
}

/** Attributes of the span that composes an answer. */
export function answerOutcome({ kind, confidence }: { readonly kind: string; readonly confidence: number }): Attributes {
  return { [ATTRIBUTES.chatbotAnswerKind]: kind, [ATTRIBUTES.chatbotAnswerConfidence]: confidence }
}
