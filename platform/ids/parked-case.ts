import { derivedId } from './ids.ts'

/** Processes whose keys are customers' ids. */
const ABOUT_PEOPLE: ReadonlySet<string> = new Set(['forgetting'])
/** What an alert takes; keys are ids, and shorter, unless somebody else wrote to the log. */
const LONGEST_SUBJECT = 300

/** How alerts speak of a key that a process has put aside. */
export interface ParkedCase {
  readonly caseId: string
  readonly subject: string
  readonly key: string
}

/** Alerts leave the house and are there to stay: they tell people apart and do not name them, by no id either. */
export const parkedCase = (process: string, key: string): ParkedCase => {
  const told = ABOUT_PEOPLE.has(process) ? derivedId('parked-person', key) : key
  return {
    caseId: `parked/${process}/${told}`,
    subject: `${process}/${told}`.slice(0, LONGEST_SUBJECT),
    key: told,
  }
}
