{{- define "narrowbridge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for the StatefulSet to put its numbers and hashes behind it. */}}
{{- define "narrowbridge.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := include "narrowbridge.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "narrowbridge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "narrowbridge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "narrowbridge.labels" -}}
{{ include "narrowbridge.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "narrowbridge.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "narrowbridge.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "narrowbridge.image" -}}
{{- with .Values.image }}
{{- if .digest }}
{{- printf "%s@%s" .repository .digest }}
{{- else }}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A value in TOML. Whole numbers may come as floats, and must not leave as such. */}}
{{- define "narrowbridge.toml" -}}
{{- if typeIs "json.Number" . }}
{{- . }}
{{- else if kindIs "string" . }}
{{- toJson . }}
{{- else if kindIs "bool" . }}
{{- . }}
{{- else if kindIs "float64" . }}
{{- if eq (floor .) . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- else if kindIs "slice" . }}
{{- $elements := list }}
{{- range . }}{{ $elements = append $elements (include "narrowbridge.toml" .) }}{{ end -}}
[{{ join ", " $elements }}]
{{- else if kindIs "map" . }}
{{- $members := list }}
{{- range $key, $value := . }}{{ $members = append $members (printf "%s = %s" $key (include "narrowbridge.toml" $value)) }}{{ end -}}
{ {{ join ", " $members }} }
{{- else }}
{{- . }}
{{- end }}
{{- end }}

{{/* The names by which the cluster knows a pod, with blanks between; takes the root and the replica's number. */}}
{{- define "narrowbridge.podNames" -}}
{{- $service := include "narrowbridge.fullname" (index . 0) }}
{{- $short := printf "%s-%d.%s" $service (index . 1) $service }}
{{- $namespace := (index . 0).Release.Namespace }}
{{- list $short (printf "%s.%s" $short $namespace) (printf "%s.%s.svc" $short $namespace) (printf "%s.%s.svc.cluster.local" $short $namespace) | join " " }}
{{- end }}

{{/* bridge.conf of one replica; takes the root and the replica's number. */}}
{{- define "narrowbridge.configuration" -}}
{{- $root := index . 0 }}
{{- $ordinal := index . 1 }}
{{- with $root.Values.mqtt -}}
[mqtt]
host = {{ include "narrowbridge.toml" .host }}
{{- if .port }}
port = {{ int64 .port }}
{{- end }}
version = {{ .version | quote }}
client_id = {{ printf "%s-%d" (default (printf "%s-%s" $root.Release.Namespace (include "narrowbridge.fullname" $root)) .clientId) $ordinal | toJson }}
base_topic = {{ ternary .baseTopic (printf "%s-%d" .baseTopic $ordinal) (eq $ordinal 0) | toJson }}
keepalive = {{ int64 .keepalive }}
{{- if .username }}
username = {{ toJson .username }}
{{- end }}
{{- if .existingSecret }}
password_file = "/run/narrowbridge/mqtt-password"
{{- end }}
{{- if .tls.enabled }}
[mqtt.tls]
{{- if .tls.caSecret }}
ca_file = "/run/narrowbridge/ca.crt"
{{- end }}
{{- if .tls.clientSecret }}
cert_file = "/run/narrowbridge/tls.crt"
key_file = "/run/narrowbridge/tls.key"
{{- end }}
{{- end }}
{{- end }}
[bridge]
state_dir = "/var/lib/narrowbridge"
http = {{ printf "%s:%d" (ternary (printf "[%s]" $root.Values.http.listen) $root.Values.http.listen (contains ":" $root.Values.http.listen)) (int64 $root.Values.http.port) | quote }}
http_hosts = {{ include "narrowbridge.toml" (concat (include "narrowbridge.podNames" . | splitList " ") $root.Values.http.hosts) }}
{{- if $root.Values.http.tokenSecret }}
http_token_file = "/run/narrowbridge/http-token"
{{- end }}
log_level = {{ $root.Values.logLevel | quote }}
log_format = {{ $root.Values.logFormat | quote }}
[homeassistant]
enabled = {{ $root.Values.homeassistant.enabled }}
discovery_prefix = {{ toJson $root.Values.homeassistant.discoveryPrefix }}
{{- range $root.Values.modules }}
{{- if eq (int (default 0 .replica)) $ordinal }}

[[module]]
{{- range $key, $value := omit . "replica" "pskSecret" }}
{{ $key }} = {{ include "narrowbridge.toml" $value }}
{{- end }}
{{- if .pskSecret }}
psk_file = "/run/narrowbridge/psk-{{ .name }}"
{{- end }}
{{- end }}
{{- end }}
{{ end }}

{{/* What templates can see and a schema cannot. */}}
{{- define "narrowbridge.check" -}}
{{- $names := list }}
{{- range .Values.modules }}
{{- if ge (int (default 0 .replica)) (int $.Values.replicaCount) }}
{{- fail (printf "modules: %s belongs to replica %d, and there are %d from 0" .name (int .replica) (int $.Values.replicaCount)) }}
{{- end }}
{{- if has .name $names }}
{{- fail (printf "modules: there are two of the name %s" .name) }}
{{- end }}
{{- $names = append $names .name }}
{{- end }}
{{- if and .Values.mqtt.existingSecret (not .Values.mqtt.username) }}
{{- fail "mqtt.existingSecret wants mqtt.username beside it" }}
{{- end }}
{{- end }}
