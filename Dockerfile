# One build, two images: docker build --target producer . and --target worker .
FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -q -Pquick -pl producer,worker -am package
RUN for app in producer worker; do \
      java -Djarmode=tools -jar $app/target/quick/$app-*-exec.jar \
        extract --application-filename app.jar --destination /apps/$app || exit 1; \
    done

FROM eclipse-temurin:25-jre AS runtime
RUN useradd --system --uid 10001 --no-create-home sluice
COPY launcher/http.sh /opt/sluice/http.sh
WORKDIR /opt/sluice/app
USER 10001
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-jar", "app.jar"]

FROM runtime AS producer
COPY --from=build /apps/producer ./
EXPOSE 8080

FROM runtime AS worker
COPY --from=build /apps/worker ./
EXPOSE 8081
