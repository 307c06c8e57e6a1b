/** The profile that comes with Plinth: one application behind a web server with TLS, for a user of its own. */
import { SetupTemplate } from '../../contract/setup-profile.ts';

export const APPLICATION = 'application';

const variable = (name: string, type: string, description: string, fallback?: string) => ({
  name,
  type,
  description,
  ...(fallback === undefined ? {} : { default: fallback }),
});

export const application: SetupTemplate = SetupTemplate.parse({
  description: 'One application under systemd behind Caddy, a user with sudo, a firewall, a command-line tool.',
  variables: [
    variable('SSH_PASSWORD', 'password_hash', 'Of the user; the script knows its hash only.'),
    variable('OWNER_ID', 'word', 'Who owns the application.'),
    variable('JWT_SECRET', 'secret', 'With which the application signs.'),
    variable('HOSTNAME', 'hostname', 'Under which it is reached.'),
    variable('CONDUCTOR_URL', 'url', 'Where the application’s binary is fetched from.'),
    variable('CLI_URL', 'url', 'Where the command-line tool is fetched from.'),
    variable('APP_NAME', 'user', 'What the binary and its service are called.', 'conductor'),
    variable('APP_USER', 'user', 'As whom it runs, and who signs in.'),
    variable('CLI_NAME', 'user', 'What the command-line tool is called.', 'appctl'),
    variable('BANNER', 'text', 'Said at each sign-in.', 'Welcome to your server.'),
  ],
  files: [
    {
      name: 'config',
      path: '/etc/{{APP_NAME}}/config.toml',
      format: 'toml',
      mode: '0640',
      content: '[server]\nhost = "0.0.0.0"\nport = 8080\n\n[auth]\nowner_id = {{OWNER_ID}}\njwt_secret = {{JWT_SECRET}}\n',
    },
    {
      name: 'marker',
      path: '/etc/{{APP_USER}}/vps.marker',
      format: 'json',
      content: '{"vps": true, {{APP_NAME}}: "http://localhost:8080", "version": "1.0"}\n',
    },
    {
      name: 'unit',
      path: '/etc/systemd/system/{{APP_NAME}}.service',
      format: 'plain',
      content: `[Unit]
Description={{APP_NAME}}
After=network-online.target
Wants=network-online.target

[Service]
User={{APP_USER}}
ExecStart=/usr/local/bin/{{APP_NAME}} --config /etc/{{APP_NAME}}/config.toml
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
`,
    },
    { name: 'caddyfile', path: '/etc/caddy/Caddyfile', format: 'plain', content: '{{HOSTNAME}} {\n\treverse_proxy localhost:8080\n}\n' },
    {
      name: 'welcome',
      path: '/etc/profile.d/welcome.sh',
      format: 'shell',
      content: `printf '%s\\n' {{BANNER}}\nprintf 'https://%s\\n' {{HOSTNAME}}\n`,
    },
    {
      name: 'sudoers',
      path: '/etc/sudoers.d/90-{{APP_USER}}',
      format: 'plain',
      mode: '0440',
      content: '{{APP_USER}} ALL=(ALL) NOPASSWD:ALL\n',
    },
  ],
  script: `apt-get update -q
apt-get upgrade -qy
apt-get install -qy curl jq ca-certificates ufw debian-keyring debian-archive-keyring apt-transport-https gnupg
fetch_secrets

id -u "$APP_USER" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$APP_USER"
usermod --password "$SSH_PASSWORD" "$APP_USER"
usermod --append --groups sudo "$APP_USER"
put sudoers

curl -fsSL --retry 5 -o "/usr/local/bin/$APP_NAME" "$CONDUCTOR_URL"
chmod 0755 "/usr/local/bin/$APP_NAME"
put config
chown -R "root:$APP_USER" "/etc/$APP_NAME"
put marker
put unit
systemctl daemon-reload
systemctl enable --now "$APP_NAME"

curl -fsSL --retry 5 -o "/usr/local/bin/$CLI_NAME" "$CLI_URL"
chmod 0755 "/usr/local/bin/$CLI_NAME"
put welcome

ufw allow 22/tcp
ufw allow 80/tcp
ufw allow 443/tcp
ufw --force enable

curl -fsSL https://dl.cloudsmith.io/public/caddy/stable/gpg.key | gpg --dearmor --yes -o /usr/share/keyrings/caddy-stable-archive-keyring.gpg
curl -fsSL https://dl.cloudsmith.io/public/caddy/stable/debian.deb.txt -o /etc/apt/sources.list.d/caddy-stable.list
apt-get update -q
apt-get install -qy caddy
put caddyfile
systemctl reload-or-restart caddy

systemctl --no-pager status "$APP_NAME" caddy
`,
  checks: [{ type: 'finished' }, { type: 'tcp', port: 443 }, { type: 'https', path: '/health' }],
  ready_within: 1_800,
});
