import type { Judged, Report } from './check.ts'

/** A report for people: a table, a line for each finding, and the sum at the end. */
export const inLines = (report: Report): string[] => {
  const header = ['rule', 'checked', 'violations', 'pending']
  const rows = report.rules.map(({ rule, checked, violations, pending }) => [
    rule,
    Object.entries(checked)
      .map(([what, count]) => `${count} ${what}`)
      .join(', '),
    String(violations),
    String(pending),
  ])
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const table = [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const left = report.violations + report.pending - report.findings.length
  return [
    ...table,
    ...(report.findings.length === 0 ? [] : ['', ...report.findings.map(inOneLine)]),
    ...(left === 0 ? [] : [`… and ${left} more`]),
    '',
    `invariants: ${report.events} events, ${report.orders} orders, ${report.violations} violations`,
  ]
}

const inOneLine = ({ rule, is, orderId, stream, message, facts }: Judged): string => {
  const where = [
    ...(orderId === undefined ? [] : [`order=${orderId}`]),
    ...(stream === undefined ? [] : [`stream=${stream}`]),
    ...Object.entries(facts).map(([name, value]) => `${name}=${value}`),
  ]
  return `${rule} ${is}: ${message} (${where.join(' ')})`
}
