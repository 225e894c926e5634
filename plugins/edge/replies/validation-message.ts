/** Form of the names of modules in log lines, as a regular expression. */
export const MODULE_PATTERN = '^[a-z_]+$'

/** Requirements that regular expressions of the schemas state. Any other one is a web address. */
const PATTERNS: Readonly<Record<string, string>> = {
  '\\S': 'must not be blank',
  [MODULE_PATTERN]: 'must be the name of a module: lower-case letters and underscores',
}

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
      if (keyword === 'pattern') return `${place} ${PATTERNS[String(params.pattern)] ?? 'must be a web address'}`
      if (keyword === 'format') return `${place} must be ${String(params.format).replaceAll('-', ' ')}`
      return `${place} ${message ?? 'is not valid'}`
    })
    .join('; ')
}
