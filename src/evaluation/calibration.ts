/** A confidence and whether what it is the probability of is true. */
export interface Forecast {
  readonly confidence: number
  readonly isTrue: boolean
}

/** The forecasts between two confidences, each 0–1; `to` is exclusive except for 1. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly questions: number
  /** Mean confidence, 0–1. */
  readonly confidence: number
  /** Share of the questions that the documents answer, 0–1. */
  readonly answerable: number
}

/** How far confidences can be read as probabilities. */
export interface Calibration {
  /**
   * Expected calibration error, 0–1 (Naeini and others 2015): mean distance of confidence and share
   * in a bin, weighted by the questions in it.
   */
  readonly error: number
  /** Bins with questions, lowest confidence first. */
  readonly bins: readonly ReliabilityBin[]
}

const BINS = 10

/** Compares confidences with what happened, in ten bins of equal width. */
export function calibrate(forecasts: readonly Forecast[]): Calibration {
  const grouped = Map.groupBy(forecasts, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)))
  const bins = [...grouped]
    .sort(([a], [b]) => a - b)
    .map(([bin, group]) => ({
      from: bin / BINS,
      to: (bin + 1) / BINS,
      questions: group.length,
      confidence: group.reduce((sum, { confidence }) => sum + confidence, 0) / group.length,
      answerable: group.filter(({ isTrue }) => isTrue).length / group.length,
    }))
  const distances = bins.map(({ questions, confidence, answerable }) => questions * Math.abs(confidence - answerable))
  return { error: distances.reduce((sum, distance) => sum + distance, 0) / forecasts.length, bins }
}
