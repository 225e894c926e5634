/** Route config of what programs ask every few seconds: answered under pressure too, when it is needed most, and not told each time. */
export const PROBED = { probed: true, pressureHandler: () => undefined } as const
