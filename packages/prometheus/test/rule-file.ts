/** As much of a file of rules as tests look at. */
export interface RuleFile {
  groups: {
    rules: { alert?: string; record?: string; expr: string; annotations?: Record<string, string> }[]
  }[]
}
