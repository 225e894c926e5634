import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'

export interface JaegerSearch {
  readonly service: string
  readonly operation?: string
  /** With its unit, such as `250ms`; a variable of the dashboard may stand for it. */
  readonly minDuration?: string
  /** Attributes and their values, in logfmt. */
  readonly tags?: string
  /** How many traces are listed at most, the newest ones. */
  readonly limit: number
}

/** A search as Grafana's Jaeger datasource takes it; the SDK has no builder for that one. */
export class JaegerSearchBuilder implements Builder<Dataquery> {
  readonly #query: Dataquery & JaegerSearch & { readonly queryType: 'search'; readonly refId: string }

  constructor(search: JaegerSearch, datasource: DataSourceRef) {
    const query = { ...search, queryType: 'search', refId: 'A', datasource } as const
    // The SDK tells queries from other objects by this method, which JSON leaves out.
    this.#query = { ...query, _implementsDataqueryVariant() {} }
  }

  build(): Dataquery {
    return this.#query
  }
}
