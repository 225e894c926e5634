import { BlockList, isIP } from 'node:net'

/**
 * Parses a list of addresses and CIDR ranges, separated by commas, such as `10.0.0.1,fd00::/8`.
 * Returns undefined if one of them is not valid.
 */
export function parseNetworks(list: string): BlockList | undefined {
  const networks = new BlockList()
  for (const item of list.split(',').map(item => item.trim())) {
    const [address = '', prefix, ...rest] = item.split('/')
    const family = isIP(address)
    const bits = family === 4 ? 32 : 128
    if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix ?? '0') || Number(prefix ?? 0) > bits) return undefined
    networks.addSubnet(address, Number(prefix ?? bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return networks
}

/** Creates a function that says whether an address is in a list; without a list, none is. */
export function createNetworkCheck(list: string | undefined): (address: string | undefined) => boolean {
  const networks = list === undefined ? undefined : parseNetworks(list)
  return address => {
    const family = isIP(address ?? '')
    return networks !== undefined && family !== 0 && networks.check(address ?? '', family === 4 ? 'ipv4' : 'ipv6')
  }
}
