#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A broker that allows some topics only: what it denies is said, and what it allows goes on.
. "$(dirname "$0")/lib.sh"

plugin=$(find /usr/lib /usr/local/lib -name mosquitto_dynamic_security.so 2> /dev/null | head -n 1)
[ -n "$plugin" ] || skip "mosquitto_dynamic_security.so is not installed"
allow() {
    printf '{"acltype": "%s", "topic": "%s", "allow": true}' "$1" "$2"
}
cat > security.json <<END
{
  "defaultACLAccess": {"publishClientSend": false, "publishClientReceive": true,
                       "subscribe": false, "unsubscribe": true},
  "clients": [], "anonymousGroup": "all",
  "groups": [{"groupname": "all", "roles": [{"rolename": "some"}]}],
  "roles": [{"rolename": "some", "acls": [
    $(allow subscribePattern room), $(allow subscribePattern 'e4/#'),
    $(allow publishClientSend room), $(allow publishClientSend 'e4/#')]}]
}
END
chmod 600 security.json
printf 'plugin %s\nplugin_opt_config_file %s/security.json\n' "$plugin" "$work" > broker.more
broker_start
device_with alice room

expect 5 "$e4" sub --state alice -p "$port" -t closed -V mqttv5 -W "$patience"
has last.err 'the broker refuses to subscribe to closed: not authorised'
has last.err "broker localhost:$port refused to subscribe to any of the topics"
expect 5 "$e4" sub --state alice -p "$port" -t closed -W "$patience"
has last.err 'the broker refuses to subscribe to closed'
expect 0 "$e4" sub --state alice -p "$port" -t closed -t room -V mqttv5 -E
has last.err 'the broker refuses to subscribe to closed: not authorised'

# Its receiving topic too: a device without commands, which is said.
sed 's|"e4/#"|"other/#"|' security.json > new
cat new > security.json
broker_stop
broker_start
listen alice room -V mqttv5
has alice.err 'the broker refuses to subscribe to e4/.*: not authorised; commands will not arrive'
say_as alice room 'goes on' -V mqttv5
wait_for alice.out 'goes on'
stop "$pid"
