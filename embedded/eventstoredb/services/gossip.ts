import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js'
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js'
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js'
import { randomUUID } from 'node:crypto'
import { gossip, shared } from '../wire/generated.ts'

const TICKS_PER_MS = 10_000n

/** The host a caller used, without its port; it is the one address that is known to lead here. */
const hostIn = (authority: string): string => authority.replace(/:\d+$/, '')

/**
 * Gossip.Read, asked by clients that were given several hosts or `esdb+discover`: a cluster of one, whose only
 * member leads. Open to all, as the client asks without credentials.
 */
export const gossipHandler = (address: { host: string; port: () => number }) => {
  const instanceId = new shared.UUID()
  instanceId.setString(randomUUID())
  return (call: ServerUnaryCall<Empty, ClusterInfo>, callback: sendUnaryData<ClusterInfo>): void => {
    const endPoint = new gossip.EndPoint()
    endPoint.setAddress(hostIn(call.getHost()) || address.host)
    endPoint.setPort(address.port())
    const member = new gossip.MemberInfo()
    member.setInstanceId(instanceId)
    member.setTimeStamp((BigInt(Date.now()) * TICKS_PER_MS).toString())
    member.setState(gossip.MemberInfo.VNodeState.LEADER)
    member.setIsAlive(true)
    member.setHttpEndPoint(endPoint)
    const cluster = new gossip.ClusterInfo()
    cluster.setMembersList([member])
    callback(null, cluster)
  }
}
