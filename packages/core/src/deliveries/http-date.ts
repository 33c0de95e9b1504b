const [weekday, month, time] = ['[A-Z][a-z]{2}', '(?<month>[A-Z][a-z]{2})', '(?<time>\\d{2}:\\d{2}:\\d{2})']

/** The form that is sent today, and the two that recipients must take as well: of RFC 850, and of `asctime` (RFC 9110, 5.6.7). */
const forms = [
  `${weekday}, (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT`,
  `(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT`,
  `${weekday} ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`))

/** The time that an HTTP date names, in milliseconds since the epoch; null for what is none. */
export function parseHttpDate(text: string, now: number): number | null {
  const parts = forms.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (parts === undefined) return null
  const { day = '', month = '', year = '', time = '' } = parts
  const date = Date.parse(`${day.trim()} ${month} ${wholeYear(year, now)} ${time} GMT`)
  return Number.isNaN(date) ? null : date
}

/** Of two digits, the year that ends so and is no more than 50 years ahead. */
function wholeYear(year: string, now: number): number {
  if (year.length === 4) return Number(year)
  const thisYear = new Date(now).getUTCFullYear()
  const inThisCentury = thisYear - (thisYear % 100) + Number(year)
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury
}
