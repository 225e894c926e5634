import t from 'tap'
import { readCommandPrefix } from '../../../../src/watch/rules/command-prefix.ts'
import { withPrefix } from '../../../../src/watch/rules/rule-texts.ts'

t.test('commands are run as COMMAND_PREFIX says, in Kubernetes by kubectl, otherwise as from a project', async t => {
  // Also where the tests run in a container: only the image of the project has its link.
  t.equal(readCommandPrefix({}), 'npx')
  t.equal(readCommandPrefix({ COMMAND_PREFIX: '' }), 'npx')
  t.equal(readCommandPrefix({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }), 'kubectl exec deploy/pellucid --')
  t.equal(
    readCommandPrefix({ COMMAND_PREFIX: 'kubectl exec deploy/chat --', KUBERNETES_SERVICE_HOST: '10.0.0.1' }),
    'kubectl exec deploy/chat --',
  )
})

t.test('the last lines of a server that may be down are not read inside its container', async t => {
  const text = 'Read `pellucid logs --limit 20`, then `pellucid analyse errors`.'
  const shown = (prefix: string) => withPrefix(text, prefix).match(/`([^`]+)`/g)
  t.same(shown('npx'), ['`npx pellucid logs --limit 20`', '`npx pellucid analyse errors`'])
  t.same(shown('docker compose exec pellucid'), [
    '`docker compose logs --tail=20 pellucid`',
    '`docker compose exec pellucid pellucid analyse errors`',
  ])
  t.same(shown('docker exec -it chat'), ['`docker logs --tail=20 chat`', '`docker exec -it chat pellucid analyse errors`'])
  t.same(shown('kubectl exec deploy/chat --'), [
    '`kubectl logs --tail=20 deploy/chat`',
    '`kubectl exec deploy/chat -- pellucid analyse errors`',
  ])
})
