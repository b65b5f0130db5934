import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '#platform/config/config.ts'
import { USUAL_THRESHOLDS } from '#domain/inconsistency/occurrence.ts'
import { alertThresholds } from '../../roles/alerting.ts'
import { ALERT_RULES_PAGE, alertRulesReference } from '../../scripts/alert-rules.ts'

describe('docs/reference/alert-rules.md', () => {
  it('is what the table of rules says; `node scripts/alert-rules.ts` writes it anew', async () => {
    expect(readFileSync(ALERT_RULES_PAGE, 'utf8')).toBe(await alertRulesReference())
  })

  it('tells the thresholds that are in force unless configured', () => {
    expect(alertThresholds(readConfig({}))).toStrictEqual(USUAL_THRESHOLDS)
  })
})
