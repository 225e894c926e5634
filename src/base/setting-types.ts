import { Type } from './json-schema.ts'

/** A whole number with its default and range. */
export const integer = (fallback: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: fallback, minimum, maximum, description })
/** One of some names, with the default. */
export const choice = <const Name extends string>(fallback: Name, names: readonly Name[], description: string) =>
  Type.Unsafe<Name>(Type.String({ enum: [...names], default: fallback, description }))

/** A retention period in days. */
export const retention = (what: string, fallback: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 36_500, description: `Retention period of ${what} in days. Unset: ${fallback}.` }),
  )

/** The secret of a webhook, or two of them. */
export const webhookSecret = (what: string, route: string, format = 'secrets') =>
  Type.Optional(
    Type.String({
      format,
      description: `${what}. During a rotation two, separated by a comma. Unset: there is no \`POST ${route}\`.`,
    }),
  )
