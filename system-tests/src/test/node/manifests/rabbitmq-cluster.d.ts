// No npm package has the types of the RabbitMQ Cluster Operator. These are the fields used here, from its documentation.
import type { IObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta";
import type { IAffinity } from "kubernetes-models/v1/Affinity";
import type { IResourceRequirements } from "kubernetes-models/v1/ResourceRequirements";

export interface IRabbitmqCluster {
  apiVersion: "rabbitmq.com/v1beta1";
  kind: "RabbitmqCluster";
  metadata: IObjectMeta;
  spec: {
    replicas?: 1 | 3 | 5;
    image?: string;
    persistence?: { storage?: string; storageClassName?: string };
    resources?: IResourceRequirements;
    affinity?: IAffinity;
    rabbitmq?: { additionalConfig?: string; advancedConfig?: string; additionalPlugins?: string[] };
  };
}
