{{/* The routes as a JSON object {"routes": […]}: those of the values, or else of k8s/base/routes.yaml. */}}
{{- define "sluice.routes" -}}
{{- if .Values.routes -}}
{{ dict "routes" .Values.routes | toJson }}
{{- else -}}
{{ dict "routes" (.Files.Get "files/routes.yaml" | fromYaml).sluice.routes | toJson }}
{{- end -}}
{{- end -}}

{{/* The content of routes.yaml, without the members that only the chart reads. */}}
{{- define "sluice.routesFile" -}}
{{- if .Values.routes -}}
{{- $routes := list -}}
{{- range .Values.routes -}}
{{- $routes = append $routes (omit . "workers") -}}
{{- end -}}
{{ dict "sluice" (dict "routes" $routes) | toYaml }}
{{ else -}}
{{ .Files.Get "files/routes.yaml" }}
{{- end -}}
{{- end -}}

{{- define "sluice.labels" -}}
app.kubernetes.io/part-of: sluice
{{- end -}}

{{/* Arguments: root, image. */}}
{{- define "sluice.image" -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{/* The broker's address and account. */}}
{{- define "sluice.brokerEnv" -}}
{{- if .Values.rabbitmq.cluster.enabled -}}
- name: SPRING_RABBITMQ_ADDRESSES
  value: sluice-rabbitmq:5672
- name: SPRING_RABBITMQ_USERNAME
  valueFrom:
    secretKeyRef:
      name: sluice-rabbitmq-default-user
      key: username
- name: SPRING_RABBITMQ_PASSWORD
  valueFrom:
    secretKeyRef:
      name: sluice-rabbitmq-default-user
      key: password
{{- else -}}
- name: SPRING_RABBITMQ_ADDRESSES
  valueFrom:
    secretKeyRef:
      name: {{ .Values.secret }}
      key: amqp-url
{{- end -}}
{{- end -}}

{{/* An environment variable from the Secret. Arguments: root, name, key, optional. */}}
{{- define "sluice.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .root.Values.secret }}
      key: {{ .key }}
{{- if .optional }}
      optional: true
{{- end }}
{{- end -}}

{{/* What all pods have. Arguments: root, account, labels, grace, tmp (size limit of /tmp). */}}
{{- define "sluice.podSpec" -}}
serviceAccountName: {{ .account }}
automountServiceAccountToken: false
terminationGracePeriodSeconds: {{ .grace }}
{{- with .root.Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
topologySpreadConstraints:
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- toYaml $.labels | nindent 8 }}
{{- end }}
volumes:
  - name: routes
    configMap:
      name: sluice-routes
  # Work folder of the web server, and temporary files of the JVM.
  - name: tmp
    emptyDir:
      sizeLimit: {{ .tmp }}
{{- end -}}

{{/* What all containers have: probes, security, volumes. */}}
{{- define "sluice.container" -}}
# Liveness checks only the process: a restart does not repair a broker or a database.
startupProbe:
  httpGet:
    path: /actuator/health/liveness
    port: http
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet:
    path: /actuator/health/liveness
    port: http
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
# Fails from SIGTERM on.
readinessProbe:
  httpGet:
    path: /actuator/health/readiness
    port: http
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
volumeMounts:
  - name: routes
    mountPath: /etc/sluice
    readOnly: true
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{/* A PodDisruptionBudget. Arguments: name, labels. */}}
{{- define "sluice.budget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "sluice.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- toYaml .labels | nindent 6 }}
{{- end -}}

{{- define "sluice.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  labels: {{- include "sluice.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end -}}
