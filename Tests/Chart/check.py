"""Judges the chart: its values by their schema, what it renders by the schemas of Kubernetes, and the configurations in
it by the program itself.

    check.py RENDERER PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import kubernetes_validate
import yaml

SOURCES = pathlib.Path(__file__).parent.parent.parent
CHART = SOURCES / "charts/narrowbridge"
SECRETS = {
    "mqtt-password": "secret\n", "ca.crt": "a certificate\n", "tls.crt": "a certificate\n", "tls.key": "a key\n",
    "http-token": "0123456789abcdef\n",
    "psk-socket-1": "000102030405060708090a0b0c0d0e0f\n",
}
KUBERNETES = ["1.25", "1.28", "1.30"]
renderer, program = sys.argv[1:3]
faults = []

# Values that must not come through, and a word of why.
WRONG = [
    ("modules: [{name: a b, port: 'tcp://x:1', platform: none}]", "does not match"),
    ("modules: [{name: bridge, port: 'tcp://x:1', platform: none}]", "should not be valid"),
    ("modules: [{name: a, port: COM1, platform: none}]", "does not match"),
    ("modules: [{name: a, port: 'tcp://x:1', platform: zigbee}]", "is not one of"),
    ("modules: [{name: a, port: 'tcp://x:1', platform: none, psk: '00'}]", "unexpected"),
    ("modules: [{name: a, port: 'tcp://x:1', platform: none, colour: red}]", "unexpected"),
    ("modules: [{name: a, port: 'tcp://x:1', platform: none, attempts: 11}]", "maximum"),
    ("mqtt: {baseTopic: 'a/+'}", "does not match"),
    ("mqtt: {version: 5}", "is not one of"),
    ("securityContext: {privileged: true}", "was expected"),
    ("replicas: 3", "unexpected"),
    ("modules: [{name: a, replica: 1, port: 'tcp://x:1', platform: none}]", "belongs to replica 1"),
    ("modules: [{name: a, port: 'tcp://x:1', platform: none}, {name: a, port: 'tcp://x:2', platform: none}]", "two"),
    ("mqtt: {existingSecret: broker}", "wants mqtt.username"),
]


def expect(condition, complaint):
    if not condition:
        faults.append(complaint)


def defaults_under(values):
    def over(under, upper):
        return {**under, **{k: over(under[k], v) if isinstance(v, dict) and isinstance(under.get(k), dict) else v
                            for k, v in upper.items()}}
    return over(yaml.safe_load((CHART / "values.yaml").read_text()), values or {})


def render(path):
    """Helm's way: the values by their schema first, then the templates."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    try:
        jsonschema.validate(defaults_under(yaml.safe_load(path.read_text())), schema)
    except jsonschema.ValidationError as error:
        return None, error.message
    result = subprocess.run([renderer, CHART, "nb", "field", path], capture_output=True, text=True)
    return (result.stdout, "") if result.returncode == 0 else (None, result.stderr)


def check(path):
    text, complaint = render(path)
    if text is None:
        return faults.append(f"{path.name}: {complaint}")
    documents = [document for document in yaml.safe_load_all(text) if document]
    for document in documents:
        if document["kind"] == "ServiceMonitor":
            ports = {port["name"] for other in documents if other["kind"] == "Service" for port in other["spec"]["ports"]}
            expect({end["port"] for end in document["spec"]["endpoints"]} <= ports, f"{path.name}: a port nobody serves")
            continue
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                faults.append(f"{path.name}: {document['kind']}, Kubernetes {version}: {error}")
    check_pod(path, documents)
    check_configurations(path, documents)
    print(f"ok    {path.name}: {len(documents)} manifests")


def check_pod(path, documents):
    (stateful,) = [document for document in documents if document["kind"] == "StatefulSet"]
    pod = stateful["spec"]["template"]["spec"]
    expect(pod["securityContext"]["runAsNonRoot"] is True, f"{path.name}: may run as root")
    expect(pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", f"{path.name}: no seccomp profile")
    expect(pod["automountServiceAccountToken"] is False, f"{path.name}: has a token")
    expect(not any("hostPath" in volume for volume in pod.get("volumes", [])), f"{path.name}: has a host's path")
    for container in pod["containers"]:
        context = container["securityContext"]
        expect(context["readOnlyRootFilesystem"] is True and context["capabilities"]["drop"] == ["ALL"]
               and context["allowPrivilegeEscalation"] is False and not context.get("privileged"),
               f"{path.name}: has more rights than it needs")
        volumes = {volume["name"] for volume in pod.get("volumes", [])}
        volumes |= {claim["metadata"]["name"] for claim in stateful["spec"].get("volumeClaimTemplates", [])}
        expect({mount["name"] for mount in container["volumeMounts"]} <= volumes, f"{path.name}: a volume is missing")
    (service,) = [document for document in documents if document["kind"] == "Service"]
    expect(stateful["spec"]["serviceName"] == service["metadata"]["name"], f"{path.name}: the service has another name")
    labels = stateful["spec"]["template"]["metadata"]["labels"]
    for selector in service["spec"]["selector"], stateful["spec"]["selector"]["matchLabels"]:
        expect(selector.items() <= labels.items(), f"{path.name}: a selector finds no pod")


def check_configurations(path, documents):
    (stateful,) = [document for document in documents if document["kind"] == "StatefulSet"]
    name, count = stateful["metadata"]["name"], stateful["spec"]["replicas"]
    (data,) = [document["data"] for document in documents
               if document["kind"] == "ConfigMap" and document["metadata"]["name"] == name]
    expect(set(data) == {f"{name}-{number}.conf" for number in range(count)}, f"{path.name}: not one for each replica")
    values = defaults_under(yaml.safe_load(path.read_text()))
    seen = {key: [] for key in ("client_id", "base_topic")}
    for number in range(count):
        text = data[f"{name}-{number}.conf"]
        wanted = [module["name"] for module in values["modules"] if module.get("replica", 0) == number]
        expect(re.findall(r'^name = "(.*)"$', text, re.M) == wanted, f"{path.name}: replica {number} has other modules")
        for key, found in seen.items():
            found.append(re.search(f'^{key} = "(.*)"$', text, re.M)[1])
        with tempfile.TemporaryDirectory() as folder:
            for file, content in SECRETS.items():
                (pathlib.Path(folder) / file).write_text(content)
            file = pathlib.Path(folder) / "bridge.conf"
            file.write_text(text.replace("/run/narrowbridge/", f"{folder}/"))
            result = subprocess.run([program, "check", "--config", file], capture_output=True, text=True)
            expect(result.returncode == 0, f"{path.name}: replica {number}: {result.stderr}")
            expect(f"good, {len(wanted)} module" in result.stdout, f"{path.name}: replica {number}: {result.stdout}")
    for key, found in seen.items():
        expect(len(set(found)) == len(found), f"{path.name}: replicas share their {key}")


def check_schema():
    """No key of the configuration is missing, but for those that hold a secret."""
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    known = set(schema["properties"]["modules"]["items"]["properties"])
    text = (SOURCES / "bridge.conf").read_text()
    text = text[text.index("[[module]]"):]
    keys = set(re.findall(r"^#?([a-z_]+) = ", text, re.M)) - {"psk", "psk_file", "id", "instance", "resources"}
    expect(not keys - known, f"values.schema.json does not know {sorted(keys - known)}")
    version = subprocess.run([SOURCES / "scripts/version"], capture_output=True, text=True).stdout.strip()
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    expect(chart["appVersion"] == version, f"Chart.yaml is of version {chart['appVersion']}, the program of {version}")


def check_refusals():
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, why) in enumerate(WRONG):
            path = pathlib.Path(folder) / f"{number}.yaml"
            path.write_text(text)
            rendered, complaint = render(path)
            expect(rendered is None and why in complaint, f"not refused as '{why}': {text}: {complaint}")
    print(f"ok    {len(WRONG)} wrong sets of values are refused")


check_schema()
for path in sorted((SOURCES / "Tests/Chart/values").glob("*.yaml")):
    check(path)
check_refusals()
for fault in faults:
    print(f"fault {fault}")
sys.exit(1 if faults else 0)
