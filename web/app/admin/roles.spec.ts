import { describe, expect, it } from 'vitest'
import { rightsOf } from './roles'

describe('the rights of somebody', () => {
  it.each([
    [undefined, [false, false, false]],
    [[], [false, false, false]],
    [['customer'], [false, false, false]],
    [['support'], [true, false, false]],
    [['auditor'], [true, false, false]],
    [
      ['customer', 'operator'],
      [true, false, true],
    ],
    [['admin'], [true, true, true]],
  ] as const)('who is %j', (roles, [isStaff, mayChangeCatalogue, mayBookStock]) => {
    expect(rightsOf(roles)).toStrictEqual({ isStaff, mayChangeCatalogue, mayBookStock })
  })
})
