"""Holds what narrowbridge publishes for Home Assistant against Home Assistant's own schemas and templates.

PREFIX FILE: the discovery prefix, and lines of {"topic": …, "hex": payload}, everything that was published, in order.
Prints what was checked; each fault is a line on standard error, and the exit status is then 1.
"""

import importlib
import json
import sys
import types

from homeassistant.components.mqtt import abbreviations, discovery
from homeassistant.helpers.template import TemplateEnvironment

ENVIRONMENT = TemplateEnvironment(None, False, False, None)
UPDATE_KEYS = {
    "installed_version": str,
    "latest_version": str,
    "title": str,
    "release_summary": str,
    "release_url": str,
    "entity_picture": str,
    "in_progress": bool,
    "update_percentage": (int, float, types.NoneType),
}
DEVICE_KEYS = set(
    "identifiers connections manufacturer model name hw_version sw_version serial_number via_device suggested_area "
    "configuration_url".split()
)
faults = []


def fault(topic, text):
    faults.append(f"{topic}: {text}")


def render(template, payload, config):
    """As MqttValueTemplate does."""
    if template is None:
        return payload
    variables = {"value": payload}
    if isinstance(payload, str):
        try:
            variables["value_json"] = json.loads(payload)
        except ValueError:
            pass
    return ENVIRONMENT.from_string(template).render(variables).strip()


def decoded(payload, config):
    return payload if config.get("encoding", "utf-8") == "" else payload.decode(config.get("encoding", "utf-8"))


def check_sensor(topic, value, config):
    value = str(value)
    if len(value) > 255:
        fault(topic, f"a state of {len(value)} characters")
    if config.get("state_class") or config.get("unit_of_measurement"):
        if value != "None":
            float(value)
    elif value == "None":
        fault(topic, "the text None as a state")
    if config.get("options") and value not in config["options"]:
        fault(topic, f"{value} is none of the options")


def check_event(topic, value, config):
    event = json.loads(value)
    if event.get("event_type") not in config["event_types"]:
        fault(topic, f"event_type {event.get('event_type')} is none of the event_types")


def check_update(topic, value, config):
    """The rules from 2024.11 on: one key, null or number amiss, and the whole message is discarded."""
    for key, member in json.loads(value).items():
        if key not in UPDATE_KEYS:
            fault(topic, f"{key} is no key of an update's state")
        elif not isinstance(member, UPDATE_KEYS[key]) or isinstance(member, bool) != (key == "in_progress"):
            fault(topic, f"{key} is {member!r}")
        elif key == "update_percentage" and member is not None and not 0 <= member <= 100:
            fault(topic, f"{key} is {member!r}")
        elif key in ("release_url", "entity_picture") and not member.startswith("http"):
            fault(topic, f"{key} is {member!r}")
        elif isinstance(member, str) and len(member) > 255:
            fault(topic, f"{key} has {len(member)} characters")


def check_either(topic, value, config):
    if value not in (config["payload_on"], config["payload_off"]):
        fault(topic, f"{value} is neither on nor off")


def check_number(topic, value, config):
    if not config["min"] <= float(value) <= config["max"]:
        fault(topic, f"{value} is out of range")


def check_text(topic, value, config):
    if not config["min"] <= len(value) <= config["max"]:
        fault(topic, f"a text of {len(value)} characters")


STATES = {
    "sensor": check_sensor,
    "binary_sensor": check_either,
    "switch": check_either,
    "event": check_event,
    "update": check_update,
    "number": check_number,
    "text": check_text,
}


def read_config(prefix, topic, payload):
    """As the hub reads a discovery message; None if it would not."""
    match = discovery.TOPIC_MATCHER.fullmatch(topic[len(prefix) + 1 :])
    if not match or match["component"] not in discovery.SUPPORTED_COMPONENTS:
        return fault(topic, "no legal discovery topic")
    config = {abbreviations.ABBREVIATIONS.get(key, key): value for key, value in json.loads(payload).items()}
    discovery.MQTT_ORIGIN_INFO_SCHEMA(config["origin"])
    if unknown := set(config["device"]) - DEVICE_KEYS:
        fault(topic, f"unknown device keys {unknown}")
    component, node, name = match["component"], match["node_id"], match["object_id"]
    if config["unique_id"] != f"{node}_{name}" or config["device"]["identifiers"] != [node]:
        fault(topic, "its ids are not those of its topic")
    domain, _, entity = config["default_entity_id"].partition(".")
    if domain != component or entity != config["object_id"] or not entity.replace("_", "").isalnum():
        fault(topic, f"default_entity_id is {config['default_entity_id']}")
    module = importlib.import_module(f"homeassistant.components.mqtt.{component}")
    checked = module.DISCOVERY_SCHEMA(dict(config, platform="mqtt"))
    # Those are known to later hubs.
    ignored = set(config) - set(checked) - {"origin", "default_entity_id", "platform", "options"}
    if ignored:
        fault(topic, f"the hub would ignore {ignored}")
    checked |= {"component": component, "options": config.get("options")}
    return checked


def main(prefix, file):
    configs, published = {}, {}
    for line in open(file, encoding="utf-8"):
        message = json.loads(line)
        topic, payload = message["topic"], bytes.fromhex(message["hex"])
        if not topic.startswith(prefix + "/"):
            published.setdefault(topic, []).append(payload)
        elif not topic.endswith("/config"):
            continue
        elif payload:
            try:
                configs[topic] = read_config(prefix, topic, payload)
            except Exception as error:  # of any schema
                fault(topic, f"refused: {error}")
        else:
            configs.pop(topic, None)
    configs = {topic: config for topic, config in configs.items() if config}

    ids, states, unseen = {}, 0, set()
    for topic, config in configs.items():
        if other := ids.setdefault((config["component"], config["unique_id"]), topic) != topic:
            fault(topic, f"its unique_id is that of {other}")
        for available in config.get("availability", []):
            if available["topic"] not in published:
                fault(topic, f"nobody says whether it is available on {available['topic']}")
        if "state_topic" not in config:
            continue
        payloads = [payload for payload in published.get(config["state_topic"], []) if payload]
        if not payloads:
            unseen.add(f"{config['component']} {config['object_id']}")
        for payload in payloads:
            template = config.get("value_template")
            try:
                value = render(template and template.template, decoded(payload, config), config)
                STATES[config["component"]](topic, value, config)
                if attributes := config.get("json_attributes_template"):
                    json.loads(render(attributes.template, decoded(payload, config), config))
                states += 1
            except Exception as error:
                fault(topic, f"{payload!r} fails: {error!r}")
    print(json.dumps({"configs": len(configs), "states": states, "unseen": sorted(unseen)}))
    for text in faults:
        print(text, file=sys.stderr)
    return 1 if faults or not configs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
