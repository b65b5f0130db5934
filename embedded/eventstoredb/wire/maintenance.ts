/**
 * The one call that this node has and EventStoreDB has not: a copy of the log. It has no protobuf file; an
 * empty message asks for it, and each message of the answer is the next piece of an SQLite file.
 */
export const BACKUP_PATH = '/kessai.embedded.Maintenance/Backup'

/** A call without protobuf: messages are the bytes themselves, on both sides. */
export const asBytes = (bytes: Buffer): Buffer => bytes

/** The method as grpc-js wants it, for a server and a client alike. */
export const backupMethod = {
  path: BACKUP_PATH,
  requestStream: false,
  responseStream: true,
  requestSerialize: asBytes,
  requestDeserialize: asBytes,
  responseSerialize: asBytes,
  responseDeserialize: asBytes,
} as const
