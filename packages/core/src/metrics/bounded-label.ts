const others = '(other)'

/** Values as labels: the first `most` by themselves, all that come later as one. A label without bounds fills the memory of Prometheus. */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= most) return others
    known.add(value)
    return value
  }
}
