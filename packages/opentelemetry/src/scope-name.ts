/** Who has made a span or a metric, by the name of the package. */
export const scopeName = '@leadhooks/opentelemetry'
