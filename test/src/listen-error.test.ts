import t from 'tap'
import { adviseOnListenError } from '../../src/listen-error.ts'

t.test('each error of listen names the setting to change and what to set it to', async t => {
  const settings = { port: 80 }
  for (const [code, setting, advice] of [
    ['EADDRINUSE', 'PORT', /^Port 80 is in use\. .*0 for any free one/],
    ['EACCES', 'PORT', /^Port 80 requires privileges\. .*1024/],
    ['EADDRNOTAVAIL', 'HOST', /^HOST is not an address .*127\.0\.0\.1/],
    ['ENOTFOUND', 'HOST', /^The host name in HOST has no address\. .*127\.0\.0\.1/],
  ] as const)
    t.match(adviseOnListenError(code, settings), { setting, advice }, code)
  t.equal(adviseOnListenError('EMFILE', settings), undefined)
})
