/** The part of Ajv's error objects that messages use. */
export interface ValidationProblem {
  readonly instancePath: string
  readonly keyword: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * Explains why a part of a request (`body`, `querystring`, …) is not valid, by the name of each
 * field.
 */
export function explainValidation(problems: readonly ValidationProblem[], part: string): string {
  return problems
    .map(({ instancePath, keyword, message, params }) => {
      const place = [part, ...instancePath.split('/').slice(1)].join('.')
      if (keyword === 'additionalProperties')
        return `${place} has an unknown field "${String(params.additionalProperty).slice(0, 100)}"`
      if (keyword === 'enum') return `${place} must be one of ${(params.allowedValues as readonly unknown[]).join(', ')}`
      if (keyword === 'pattern' && params.pattern === '\\S') return `${place} must not be blank`
      if (keyword === 'pattern') return `${place} must be a web address`
      if (keyword === 'format') return `${place} must be ${String(params.format).replaceAll('-', ' ')}`
      return `${place} ${message ?? 'is not valid'}`
    })
    .join('; ')
}
