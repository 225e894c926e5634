/** The optional package that sends errors to Sentry. */
export const SENTRY_PACKAGE = '@sentry/node'
/** The version that the tests prove. */
export const SENTRY_PACKAGE_VERSION = '11.12.0'
