import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { ServerWritableStream, ServiceError } from '@grpc/grpc-js'
import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openAllRead } from '../reads/allRead.ts'
import type { Cursor } from '../reads/cursor.ts'
import type { Filter } from '../reads/filter.ts'
import { compileFilter } from '../reads/filter.ts'
import { openStreamRead } from '../reads/streamRead.ts'
import { PAGE_EVENTS } from '../store/pages.ts'
import { openAllSource } from '../subscriptions/allSource.ts'
import { startPump } from '../subscriptions/pump.ts'
import { openStreamSource } from '../subscriptions/streamSource.ts'
import { encodeConfirmation, encodeStreamNotFound } from '../wire/frames.ts'
import { invalidArgumentError, stoppingStreamError, streamDeletedError } from '../wire/refusals.ts'
import type { ReadPlan } from '../wire/requests.ts'
import { readPlanOf } from '../wire/requests.ts'
import { drained } from './draining.ts'
import type { ServiceParts } from './parts.ts'

type ReadCall = ServerWritableStream<ReadReq, Buffer>

const fail = (call: ReadCall, error: ServiceError): void => {
  if (!call.cancelled && !call.writableEnded) call.emit('error', error)
}

/** Sends pages until the count or the end is reached, never more than one page ahead of the reader. */
const sendPages = async (call: ReadCall, cursor: Cursor, count: number): Promise<void> => {
  let left = count
  while (left > 0 && !call.cancelled && !call.writableEnded) {
    const { frames, isLast } = cursor.next(Math.min(left, PAGE_EVENTS))
    for (const frame of frames) call.write(frame)
    left -= frames.length
    if (isLast) break
    await drained(call)
    await nextTurn()
  }
  if (!call.writableEnded) call.end()
}

const read = (parts: ServiceParts, call: ReadCall, plan: ReadPlan, filter: Filter, count: number): void => {
  const { log, openCalls } = parts
  const cursor =
    plan.stream === undefined ? openAllRead(log, plan, filter) : openStreamRead(log, plan.stream, plan)
  if ('kind' in cursor) {
    const stream = plan.stream ?? '$all'
    if (cursor.kind === 'stream-deleted') {
      fail(call, streamDeletedError(stream))
    } else {
      call.write(encodeStreamNotFound(stream))
      call.end()
    }
    return
  }
  const forget = openCalls.add(() => fail(call, stoppingStreamError()))
  sendPages(call, cursor, count)
    .catch((error: unknown) => fail(call, parts.unexpected(error)))
    .finally(forget)
}

const subscribe = (parts: ServiceParts, call: ReadCall, plan: ReadPlan, filter: Filter): void => {
  const { log, openCalls, wakeUps } = parts
  const { stream } = plan
  if (stream !== undefined && log.heads.isTombstoned(stream)) {
    fail(call, streamDeletedError(stream))
    return
  }
  const source = stream === undefined ? openAllSource(log, plan, filter) : openStreamSource(log, stream, plan)
  const guarded = {
    ...source,
    next: () => {
      try {
        return source.next()
      } catch (error) {
        end(parts.unexpected(error))
        return { kind: 'messages', frames: [], isLast: true, isLive: true } as const
      }
    },
  }
  const cleanUps: (() => void)[] = []
  const cleanUp = (): void => {
    for (const undo of cleanUps.splice(0)) undo()
  }
  const end = (error: ServiceError): void => {
    cleanUp()
    fail(call, error)
  }
  call.once('cancelled', cleanUp)
  call.once('close', cleanUp)
  call.write(encodeConfirmation(randomUUID()))
  const pump = startPump(guarded, {
    write: (frame) => {
      if (!call.writableEnded) call.write(frame)
    },
    isFull: () => call.writableNeedDrain,
    onceDrained: (callback) => call.once('drain', callback),
    streamDeleted: () => end(streamDeletedError(stream ?? '$all')),
  })
  cleanUps.push(
    pump.stop,
    wakeUps.register(stream, pump.wake),
    openCalls.add(() => end(stoppingStreamError())),
  )
  if (call.cancelled || call.writableEnded) cleanUp()
}

/** Read: a page after page of a stream or of `$all`, or a subscription that stays open. */
export const readHandler =
  (parts: ServiceParts) =>
  (call: ReadCall): void => {
    const refused = parts.doorkeeper(call.metadata)
    if (refused !== undefined) {
      fail(call, refused)
      return
    }
    try {
      const plan = readPlanOf(call.request)
      if ('kind' in plan) {
        fail(call, invalidArgumentError(plan.reason))
        return
      }
      const filter = compileFilter(plan.filter)
      if (typeof filter !== 'function') fail(call, invalidArgumentError(filter.reason))
      else if (plan.count === undefined) subscribe(parts, call, plan, filter)
      else read(parts, call, plan, filter, plan.count)
    } catch (error) {
      fail(call, parts.unexpected(error))
    }
  }
