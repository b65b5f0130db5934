import { describe, expect, it } from 'vitest'
import { rightsOf } from './roles'

const NONE = {
  isStaff: false,
  mayChangeCatalogue: false,
  mayBookStock: false,
  mayNoteAlerts: false,
  maySeeToAlerts: false,
  mayReplay: false,
}

describe('the rights of somebody', () => {
  it.each([
    [undefined, NONE],
    [[], NONE],
    [['customer'], NONE],
    [['support'], { ...NONE, isStaff: true, mayNoteAlerts: true }],
    [['auditor'], { ...NONE, isStaff: true }],
    [
      ['customer', 'operator'],
      {
        ...NONE,
        isStaff: true,
        mayBookStock: true,
        mayNoteAlerts: true,
        maySeeToAlerts: true,
        mayReplay: true,
      },
    ],
    [
      ['admin'],
      {
        isStaff: true,
        mayChangeCatalogue: true,
        mayBookStock: true,
        mayNoteAlerts: true,
        maySeeToAlerts: true,
        mayReplay: true,
      },
    ],
  ] as const)('who is %j', (roles, rights) => {
    expect(rightsOf(roles)).toStrictEqual(rights)
  })
})
