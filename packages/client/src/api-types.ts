// Written from the table of routes by api-types.test.ts: `npm test -- --project client -u` brings it up to date.
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Name, version and links */
        get: operations["showApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["describeApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it can do its work */
        get: operations["showStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process runs */
        get: operations["showLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it can do its work */
        get: operations["showReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/workers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the workers of all processes (staff)
         * @description Permission: `read:workers`
         */
        get: operations["listWorkers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Permission: `read:api-keys`
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Make an API key
         * @description Permission: `write:api-keys`
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an API key
         * @description Permission: `read:api-keys`
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description Permission: `delete:api-keys`
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        /**
         * Change an API key
         * @description Permission: `write:api-keys`
         */
        patch: operations["updateApiKey"];
        trace?: never;
    };
    "/keys/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke all API keys of a tag or an owner
         * @description Permission: `delete:api-keys`
         */
        post: operations["revokeApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an API key another token
         * @description Permission: `write:api-keys`
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How often an API key was used
         * @description Permission: `read:api-keys`
         */
        get: operations["showApiKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Permission: `read:webhooks`
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Register a webhook
         * @description Permission: `write:webhooks`
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a webhook
         * @description Permission: `read:webhooks`
         */
        get: operations["getWebhook"];
        /**
         * Replace all settings
         * @description Permission: `write:webhooks`
         */
        put: operations["replaceWebhook"];
        post?: never;
        /**
         * Remove a webhook
         * @description Permission: `delete:webhooks`
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change the named settings
         * @description Permission: `write:webhooks`
         */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/webhooks/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let its deliveries go
         * @description Permission: `write:webhooks`
         */
        post: operations["enableWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make its deliveries wait
         * @description Permission: `write:webhooks`
         */
        post: operations["disableWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it what it has missed
         * @description Permission: `write:deliveries`
         */
        post: operations["recoverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How it fares
         * @description Permission: `read:webhooks`
         */
        get: operations["getWebhookHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys that verify its requests */
        get: operations["getWebhookPublicKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it an example
         * @description Permission: `write:webhooks`
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask its URL to prove itself
         * @description Permission: `write:webhooks`
         */
        post: operations["verifyWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give it another signing secret
         * @description Permission: `write:webhooks`
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/reveal-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show its signing secret once more
         * @description Permission: `read:secrets`
         */
        post: operations["revealWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events
         * @description Permission: `read:events`
         */
        get: operations["listEvents"];
        put?: never;
        /**
         * Dispatch an event
         * @description Permission: `write:events`
         */
        post: operations["dispatchEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dispatch many events, all or none
         * @description Permission: `write:events`
         */
        post: operations["dispatchEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an event
         * @description Permission: `read:events`
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/{id}/redact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove its data for good
         * @description Permission: `delete:events`
         */
        post: operations["redactEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the event types
         * @description Permission: `read:events`
         */
        get: operations["listEventTypes"];
        put?: never;
        /**
         * Register an event type
         * @description Permission: `write:event-types`
         */
        post: operations["registerEventType"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/event-types/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a registered event type
         * @description Permission: `delete:event-types`
         */
        delete: operations["deleteEventType"];
        options?: never;
        head?: never;
        /**
         * Change a registered event type
         * @description Permission: `write:event-types`
         */
        patch: operations["updateEventType"];
        trace?: never;
    };
    "/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deliveries
         * @description Permission: `read:deliveries`
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Replay all that match
         * @description Permission: `write:deliveries`
         */
        post: operations["replayDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what becomes of them
         * @description Permission: `read:deliveries`
         */
        get: operations["streamDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a delivery and its attempts
         * @description Permission: `read:deliveries`
         */
        get: operations["getDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}/body": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what it sends
         * @description Permission: `read:events`
         */
        get: operations["getDeliveryBody"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make it due now
         * @description Permission: `write:deliveries`
         */
        post: operations["retryDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver it once more
         * @description Permission: `write:deliveries`
         */
        post: operations["replayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel it
         * @description Permission: `write:deliveries`
         */
        post: operations["cancelDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/deliveries/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Close a dead letter
         * @description Permission: `write:deliveries`
         */
        post: operations["resolveDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk-replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List replays of many, and recoveries
         * @description Permission: `read:deliveries`
         */
        get: operations["listBulkReplays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk-replays/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far one has come
         * @description Permission: `read:deliveries`
         */
        get: operations["getBulkReplay"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk-replays/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop it for now
         * @description Permission: `write:deliveries`
         */
        post: operations["pauseBulkReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk-replays/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Go on with it
         * @description Permission: `write:deliveries`
         */
        post: operations["resumeBulkReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/bulk-replays/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End it
         * @description Permission: `write:deliveries`
         */
        post: operations["cancelBulkReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What came of deliveries in a period
         * @description Permission: `read:analytics`
         */
        get: operations["getAnalytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/time-series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * By minute, hour or day
         * @description Permission: `read:analytics`
         */
        get: operations["getAnalyticsTimeSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * By webhook, with its status
         * @description Permission: `read:analytics`
         */
        get: operations["getAnalyticsByWebhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/event-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * By event type
         * @description Permission: `read:analytics`
         */
        get: operations["getAnalyticsByEventType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/errors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why attempts failed
         * @description Permission: `read:analytics`
         */
        get: operations["getAnalyticsErrors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the organization of the caller
         * @description Permission: `read:organization`
         */
        get: operations["showOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename it
         * @description Permission: `write:organization`
         */
        patch: operations["updateOrganization"];
        trace?: never;
    };
    "/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the organizations (staff)
         * @description Permission: `read:organization`
         */
        get: operations["listOrganizations"];
        put?: never;
        /**
         * Register an organization (staff)
         * @description Permission: `write:organization`
         */
        post: operations["upsertOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organizations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove all of one (staff)
         * @description Permission: `delete:organization`
         */
        delete: operations["deleteOrganization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who changed what
         * @description Permission: `read:audit-log`
         */
        get: operations["listAuditLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    event: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Any event */
        post: operations["deliver.event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        About: {
            name: string;
            version: string;
            links: {
                [key: string]: string;
            };
        };
        /** @description 503 where it is not: the process cannot do its work */
        Readiness: {
            /** @enum {string} */
            status: "ready" | "degraded";
            checks: {
                [key: string]: "ok" | "warning" | "problem";
            };
        };
        Liveness: {
            /** @constant */
            status: "ok";
        };
        Worker: {
            id: string;
            host: string;
            version: string;
            /** @description How many deliveries it had with its last beat */
            inFlight: number;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            lastBeatAt: string;
            /** @description For how long nothing was heard of it */
            silentMs: number;
            /** @description Whether it was heard of in the last minute */
            isAlive: boolean;
        };
        NewApiKey: {
            /** @description What people know the key by */
            name: string;
            description?: string | null;
            /** @description A role, in place of a list of permissions */
            role?: ("admin" | "read_write" | "read_only") | null;
            /** @description `read:contacts`, `write:*`, `*`; in place of a role */
            permissions?: string[];
            /** @description False while the key is switched off */
            enabled?: boolean;
            /** @description The addresses and CIDRs that the key may be used from. Empty means any */
            allowedIps?: string[];
            /** @description In place of the host's default; empty for no limit */
            rateLimits?: components["schemas"]["RateLimit"][] | null;
            /** @description Keys are listed and revoked by them */
            tags?: string[];
            /** @description Whatever the host keeps with the key */
            metadata?: {
                [key: string]: components["schemas"]["__schema0"];
            };
            /** @description Whom the key belongs to, by the host's own id */
            ownerId?: string | null;
            /** @description After how many days the host is reminded to have the key rotated */
            rotateEveryDays?: number | null;
            /** @description When the key stops working; null for never */
            expiresAt?: string | null;
            /**
             * @default live
             * @enum {string}
             */
            environment?: "live" | "test";
        };
        /** @description At most `limit` in `windowMs` milliseconds */
        RateLimit: {
            name: string;
            limit: number;
            windowMs: number;
            /** @enum {string} */
            algorithm?: "sliding-window" | "token-bucket";
            burst?: number;
        };
        __schema0: unknown;
        CreatedApiKey: {
            id: string;
            organizationId: string;
            name: string;
            description: string | null;
            /** @enum {string} */
            environment: "live" | "test";
            role: ("admin" | "read_write" | "read_only") | null;
            permissions: string[];
            enabled: boolean;
            allowedIps: string[];
            rateLimits: components["schemas"]["RateLimit"][] | null;
            tags: string[];
            metadata: {
                [key: string]: unknown;
            };
            ownerId: string | null;
            rotateEveryDays: number | null;
            /** @description How the token begins */
            start: string;
            /** @description How the token ends */
            last4: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            rotatedAt: string | null;
            /** @description Until when the token before the last rotation works */
            graceEndsAt: string | null;
            /** @description Some seconds late: uses are written in batches */
            lastUsedAt: string | null;
            lastUsedIp: string | null;
            lastUsedUserAgent: string | null;
            revokedAt: string | null;
            revokedReason: string | null;
            /** @description The key itself. This answer is the one place that shows it */
            token: string;
        };
        ApiKey: {
            id: string;
            organizationId: string;
            name: string;
            description: string | null;
            /** @enum {string} */
            environment: "live" | "test";
            role: ("admin" | "read_write" | "read_only") | null;
            permissions: string[];
            enabled: boolean;
            allowedIps: string[];
            rateLimits: components["schemas"]["RateLimit"][] | null;
            tags: string[];
            metadata: {
                [key: string]: unknown;
            };
            ownerId: string | null;
            rotateEveryDays: number | null;
            /** @description How the token begins */
            start: string;
            /** @description How the token ends */
            last4: string;
            /** Format: date-time */
            createdAt: string;
            expiresAt: string | null;
            rotatedAt: string | null;
            /** @description Until when the token before the last rotation works */
            graceEndsAt: string | null;
            /** @description Some seconds late: uses are written in batches */
            lastUsedAt: string | null;
            lastUsedIp: string | null;
            lastUsedUserAgent: string | null;
            revokedAt: string | null;
            revokedReason: string | null;
        };
        ApiKeyChanges: {
            /** @description What people know the key by */
            name?: string;
            description?: string | null;
            /** @description A role, in place of a list of permissions */
            role?: ("admin" | "read_write" | "read_only") | null;
            /** @description `read:contacts`, `write:*`, `*`; in place of a role */
            permissions?: string[];
            /** @description False while the key is switched off */
            enabled?: boolean;
            /** @description The addresses and CIDRs that the key may be used from. Empty means any */
            allowedIps?: string[];
            /** @description In place of the host's default; empty for no limit */
            rateLimits?: components["schemas"]["RateLimit"][] | null;
            /** @description Keys are listed and revoked by them */
            tags?: string[];
            /** @description Whatever the host keeps with the key */
            metadata?: {
                [key: string]: components["schemas"]["__schema0"];
            };
            /** @description Whom the key belongs to, by the host's own id */
            ownerId?: string | null;
            /** @description After how many days the host is reminded to have the key rotated */
            rotateEveryDays?: number | null;
            /** @description When the key stops working; null for never */
            expiresAt?: string | null;
        };
        BulkRevocation: {
            tag?: string;
            ownerId?: string;
            /** @description Why; shown with the keys */
            reason?: string;
        };
        RevokedApiKeys: {
            /** @description How many it has revoked */
            total: number;
            /** @description The first 100 of them */
            data: components["schemas"]["ApiKey"][];
        };
        ApiKeyRotation: {
            /**
             * @description How long the former token still works, unless the key expires before; 0 ends it at once
             * @default 86400
             */
            graceSeconds?: number;
        };
        ApiKeyUsage: {
            /** @enum {string} */
            interval: "minute" | "hour" | "day";
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            total: number;
            points: {
                /** Format: date-time */
                startsAt: string;
                total: number;
                byOutcome: {
                    ok: number;
                    disabled: number;
                    revoked: number;
                    expired: number;
                    wrong_environment: number;
                    ip_not_allowed: number;
                    forbidden: number;
                    rate_limited: number;
                };
                /** @description By the host's names of routes */
                byRoute: {
                    [key: string]: number;
                };
            }[];
        };
        NewWebhook: {
            /**
             * @description Where deliveries are posted to
             * @example https://example.com/hooks
             */
            url: string;
            name?: string | null;
            description?: string | null;
            /** @description The event types to send: `contact.created`, or `contact.*`. Empty means all */
            eventTypes?: string[];
            /**
             * @description Of these event types, only events that carry one of these channels. Empty means all, with channels and without
             * @example [
             *       "project-42"
             *     ]
             */
            channels?: string[];
            /**
             * @description Of these event types, only events whose data matches, in the manner of MongoDB: `{ "amount": { "$gte": 1000 } }`. Null: all
             * @example {
             *       "amount": {
             *         "$gte": 1000
             *       }
             *     }
             */
            filter?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description How bodies are laid out: `leadhooks` (`{ id, event, timestamp, data }`), `standard` (`{ type, timestamp, data }`), `cloudevents` (CloudEvents 1.0), or the `data` alone
             * @enum {string}
             */
            format?: "leadhooks" | "standard" | "cloudevents" | "data";
            /**
             * @description What `data` is made of: names, and paths into the event. `{ $field, $else }` says what stands for a missing field, `{ $value }` is a constant. Null: the data of the event
             * @example {
             *       "email": "data.contact.email",
             *       "source": {
             *         "$value": "crm"
             *       }
             *     }
             */
            mapping?: {
                [key: string]: unknown;
            } | null;
            /** @description Headers to add to each request. Stored encrypted; only their names are shown */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description How `X-Webhook-Signature` is written beside the Standard Webhooks headers
             * @enum {string}
             */
            bodySignature?: "sha256=" | "hex" | "off";
            retry?: components["schemas"]["RetryPolicy"] | null;
            timeoutMs?: number | null;
            concurrency?: number | null;
            /** @description At most so many requests in so long, all workers together. What comes too soon waits */
            throttle?: components["schemas"]["Throttle"] | null;
            /** @description Whether events with an `orderingKey` are sent one after the other, each key by itself: one that fails holds up those of its own key, until it is delivered or given up */
            ordered?: boolean;
            /** @description Whether requests carry `traceparent`, and `tracestate` where there is one: of the span of the attempt, where the host traces */
            traceContext?: boolean;
            /** @description Several events by one signed request. Null: each event by a request of its own */
            batch?: components["schemas"]["BatchSettings"] | null;
            /** @description Times in which nothing is sent: deliveries wait, and spend no attempt */
            maintenance?: components["schemas"]["MaintenanceWindow"][];
            authentication?: components["schemas"]["Authentication"] | null;
            tls?: components["schemas"]["TlsSettings"] | null;
            /** @description When its deliveries wait because its receiver fails; false: never; null: as the host has it */
            circuit?: (components["schemas"]["CircuitSettings"] | false) | null;
            /** @description When it is switched off because its receiver fails; false: never; null: as the host has it */
            autoDisable?: (components["schemas"]["AutoDisablePolicy"] | false) | null;
            /** @description A new signing secret is made every so many days; the former one counts for a day longer */
            rotateSecretEveryDays?: number | null;
            /** @description Whether requests are signed with an Ed25519 key (`v1a`) beside the secret: receivers then need to know its public half only */
            asymmetricSigning?: boolean;
            enabled?: boolean;
            /** @description An own signing secret: `whsec_` and 24 to 64 bytes in base64. Left out: one is made */
            secret?: string;
        };
        /** @description When a failed delivery is tried again: `patient` (13 attempts over about 28 h), `exponential` (7 attempts), `stepped` (6), one of them cut off by `maxAttempts`, a list of delays, or a rule */
        RetryPolicy: ("patient" | "exponential" | "stepped") | {
            /** @enum {string} */
            name: "patient" | "exponential" | "stepped";
            maxAttempts: number;
        } | {
            delaysMs: number[];
            jitter?: number;
        } | {
            firstDelayMs: number;
            factor: number;
            maxDelayMs: number;
            maxAttempts: number;
            jitter?: number;
        };
        /** @description As many requests at once, refilled evenly in so many milliseconds */
        Throttle: {
            requests: number;
            perMs: number;
        };
        /** @description How many events go by one signed request */
        BatchSettings: {
            /** @description So many events go by one request at most */
            maxEvents: number;
            /** @description So long one waits for others; then it goes with those that there are */
            maxWaitMs: number;
        };
        /** @description A time in which nothing is sent: once, or each week */
        MaintenanceWindow: {
            /** Format: date-time */
            startsAt: string;
            /** Format: date-time */
            endsAt: string;
        } | {
            weekdays: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
            /** @example 02:00 */
            startsAt: string;
            minutes: number;
            /** @description Of the IANA database: `Europe/Berlin` */
            timeZone: string;
        };
        /** @description What requests carry as `Authorization`: a user name and password, a token, or tokens that are fetched by the client credentials grant of OAuth 2.0. Stored encrypted, and never shown */
        Authentication: {
            /** @constant */
            type: "basic";
            username: string & (unknown & unknown);
            password: string;
        } | {
            /** @constant */
            type: "bearer";
            token: string;
        } | {
            /** @constant */
            type: "oauth2";
            /** @description Where access tokens are asked for */
            tokenUrl: string;
            clientId: string;
            clientSecret: string;
            scope?: string;
            audience?: string;
            /**
             * @description Whether client id and secret go as HTTP basic authentication, or in the form
             * @default basic
             * @enum {string}
             */
            clientAuthentication?: "basic" | "post";
        };
        /** @description Whom requests trust, and as whom they connect (mTLS). Stored encrypted; only names, ends and fingerprints of the certificates are shown */
        TlsSettings: {
            /** @description Certificates in PEM of the authorities that the receiver may have its certificate from, in place of the public ones */
            ca?: string;
            /** @description A client certificate in PEM to show to the receiver, with those up to its authority behind it */
            certificate?: string;
            /** @description Its key in PEM, without a passphrase */
            privateKey?: string;
        };
        /** @description When the deliveries of a failing webhook are to wait */
        CircuitSettings: {
            /**
             * @description So many failures in a row,
             * @default 10
             */
            failures?: number;
            /**
             * @description over at least so long, open it
             * @default 30000
             */
            spanMs?: number;
            /**
             * @description How long it waits for its first probe; twice as long for each later one,
             * @default 30000
             */
            firstProbeMs?: number;
            /**
             * @description up to this
             * @default 3600000
             */
            longestProbeMs?: number;
        };
        /** @description When a failing webhook is switched off: after so many failures in a row, or when nothing else came for so long */
        AutoDisablePolicy: {
            consecutiveFailures: number;
        } | {
            failingForMs: number;
        };
        CreatedWebhook: {
            id: string;
            organizationId: string;
            name: string | null;
            description: string | null;
            url: string;
            /** @description `contact.created`, or `contact.*`. Empty means all */
            eventTypes: string[];
            /** @description Only events that carry one of them. Empty means all */
            channels: string[];
            filter: {
                [key: string]: unknown;
            } | null;
            /** @enum {string} */
            format: "leadhooks" | "standard" | "cloudevents" | "data";
            mapping: {
                [key: string]: unknown;
            } | null;
            /** @description Names of the custom headers; the values are never shown */
            headerNames: string[];
            /** @enum {string} */
            bodySignature: "sha256=" | "hex" | "off";
            retry: components["schemas"]["RetryPolicy"] | null;
            timeoutMs: number | null;
            concurrency: number | null;
            throttle: components["schemas"]["Throttle"] | null;
            ordered: boolean;
            traceContext: boolean;
            batch: components["schemas"]["BatchSettings"] | null;
            maintenance: components["schemas"]["MaintenanceWindow"][];
            authenticationType: ("basic" | "bearer" | "oauth2") | null;
            /** @description The authorities that it trusts in place of the public ones, and the certificate that it shows to its receiver */
            tlsCertificates: {
                ca: components["schemas"]["Certificate"][];
                client: components["schemas"]["Certificate"] | null;
            } | null;
            circuit: (components["schemas"]["CircuitPolicy"] | false) | null;
            autoDisable: (components["schemas"]["AutoDisablePolicy"] | false) | null;
            /**
             * @description `open`: its deliveries wait; `half_open`: one is on its way to find out more
             * @enum {string}
             */
            circuitState: "closed" | "open" | "half_open";
            /** @description Nothing is sent before then */
            waitsUntil: string | null;
            waitsFor: ("circuit" | "paused" | "throttled" | "maintenance" | "verification" | "batching") | null;
            rotateSecretEveryDays: number | null;
            rotateSecretAt: string | null;
            secretRotatedAt: string | null;
            /** @description Verifies the `v1a` signatures that requests carry beside those by the secret; null: there are none */
            publicKey: string | null;
            /** @description Until when requests are signed with the former secret too */
            previousSecretEndsAt: string | null;
            /** @description Whether its URL has answered a challenge; `pending`: its deliveries wait for that; null: it was not asked */
            verification: ("pending" | "verified") | null;
            verifiedAt: string | null;
            enabled: boolean;
            disabledReason: ("by_user" | "gone" | "failing") | null;
            disabledAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description What deliveries are signed with. Later answers leave it out */
            secret: string;
        };
        Certificate: {
            /** @example O=Acme, CN=crm */
            subject: string;
            /** Format: date-time */
            expiresAt: string;
            /** @description The SHA-256 of the certificate */
            fingerprint: string;
        };
        /** @description When the deliveries of a failing webhook wait */
        CircuitPolicy: {
            /** @description So many failures in a row, */
            failures: number;
            /** @description over at least so long, open it */
            spanMs: number;
            /** @description How long it waits for its first probe; twice as long for each later one, */
            firstProbeMs: number;
            /** @description up to this */
            longestProbeMs: number;
        };
        Webhook: {
            id: string;
            organizationId: string;
            name: string | null;
            description: string | null;
            url: string;
            /** @description `contact.created`, or `contact.*`. Empty means all */
            eventTypes: string[];
            /** @description Only events that carry one of them. Empty means all */
            channels: string[];
            filter: {
                [key: string]: unknown;
            } | null;
            /** @enum {string} */
            format: "leadhooks" | "standard" | "cloudevents" | "data";
            mapping: {
                [key: string]: unknown;
            } | null;
            /** @description Names of the custom headers; the values are never shown */
            headerNames: string[];
            /** @enum {string} */
            bodySignature: "sha256=" | "hex" | "off";
            retry: components["schemas"]["RetryPolicy"] | null;
            timeoutMs: number | null;
            concurrency: number | null;
            throttle: components["schemas"]["Throttle"] | null;
            ordered: boolean;
            traceContext: boolean;
            batch: components["schemas"]["BatchSettings"] | null;
            maintenance: components["schemas"]["MaintenanceWindow"][];
            authenticationType: ("basic" | "bearer" | "oauth2") | null;
            /** @description The authorities that it trusts in place of the public ones, and the certificate that it shows to its receiver */
            tlsCertificates: {
                ca: components["schemas"]["Certificate"][];
                client: components["schemas"]["Certificate"] | null;
            } | null;
            circuit: (components["schemas"]["CircuitPolicy"] | false) | null;
            autoDisable: (components["schemas"]["AutoDisablePolicy"] | false) | null;
            /**
             * @description `open`: its deliveries wait; `half_open`: one is on its way to find out more
             * @enum {string}
             */
            circuitState: "closed" | "open" | "half_open";
            /** @description Nothing is sent before then */
            waitsUntil: string | null;
            waitsFor: ("circuit" | "paused" | "throttled" | "maintenance" | "verification" | "batching") | null;
            rotateSecretEveryDays: number | null;
            rotateSecretAt: string | null;
            secretRotatedAt: string | null;
            /** @description Verifies the `v1a` signatures that requests carry beside those by the secret; null: there are none */
            publicKey: string | null;
            /** @description Until when requests are signed with the former secret too */
            previousSecretEndsAt: string | null;
            /** @description Whether its URL has answered a challenge; `pending`: its deliveries wait for that; null: it was not asked */
            verification: ("pending" | "verified") | null;
            verifiedAt: string | null;
            enabled: boolean;
            disabledReason: ("by_user" | "gone" | "failing") | null;
            disabledAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        WebhookChanges: {
            /**
             * @description Where deliveries are posted to
             * @example https://example.com/hooks
             */
            url?: string;
            name?: string | null;
            description?: string | null;
            /** @description The event types to send: `contact.created`, or `contact.*`. Empty means all */
            eventTypes?: string[];
            /**
             * @description Of these event types, only events that carry one of these channels. Empty means all, with channels and without
             * @example [
             *       "project-42"
             *     ]
             */
            channels?: string[];
            /**
             * @description Of these event types, only events whose data matches, in the manner of MongoDB: `{ "amount": { "$gte": 1000 } }`. Null: all
             * @example {
             *       "amount": {
             *         "$gte": 1000
             *       }
             *     }
             */
            filter?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description How bodies are laid out: `leadhooks` (`{ id, event, timestamp, data }`), `standard` (`{ type, timestamp, data }`), `cloudevents` (CloudEvents 1.0), or the `data` alone
             * @enum {string}
             */
            format?: "leadhooks" | "standard" | "cloudevents" | "data";
            /**
             * @description What `data` is made of: names, and paths into the event. `{ $field, $else }` says what stands for a missing field, `{ $value }` is a constant. Null: the data of the event
             * @example {
             *       "email": "data.contact.email",
             *       "source": {
             *         "$value": "crm"
             *       }
             *     }
             */
            mapping?: {
                [key: string]: unknown;
            } | null;
            /** @description Headers to add to each request. Stored encrypted; only their names are shown */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description How `X-Webhook-Signature` is written beside the Standard Webhooks headers
             * @enum {string}
             */
            bodySignature?: "sha256=" | "hex" | "off";
            retry?: components["schemas"]["RetryPolicy"] | null;
            timeoutMs?: number | null;
            concurrency?: number | null;
            /** @description At most so many requests in so long, all workers together. What comes too soon waits */
            throttle?: components["schemas"]["Throttle"] | null;
            /** @description Whether events with an `orderingKey` are sent one after the other, each key by itself: one that fails holds up those of its own key, until it is delivered or given up */
            ordered?: boolean;
            /** @description Whether requests carry `traceparent`, and `tracestate` where there is one: of the span of the attempt, where the host traces */
            traceContext?: boolean;
            /** @description Several events by one signed request. Null: each event by a request of its own */
            batch?: components["schemas"]["BatchSettings"] | null;
            /** @description Times in which nothing is sent: deliveries wait, and spend no attempt */
            maintenance?: components["schemas"]["MaintenanceWindow"][];
            authentication?: components["schemas"]["Authentication"] | null;
            tls?: components["schemas"]["TlsSettings"] | null;
            /** @description When its deliveries wait because its receiver fails; false: never; null: as the host has it */
            circuit?: (components["schemas"]["CircuitSettings"] | false) | null;
            /** @description When it is switched off because its receiver fails; false: never; null: as the host has it */
            autoDisable?: (components["schemas"]["AutoDisablePolicy"] | false) | null;
            /** @description A new signing secret is made every so many days; the former one counts for a day longer */
            rotateSecretEveryDays?: number | null;
            /** @description Whether requests are signed with an Ed25519 key (`v1a`) beside the secret: receivers then need to know its public half only */
            asymmetricSigning?: boolean;
            enabled?: boolean;
        };
        /** @description What is left out gets its default; the secret stays, and so does whether it is enabled */
        WebhookReplacement: {
            /**
             * @description Where deliveries are posted to
             * @example https://example.com/hooks
             */
            url: string;
            name?: string | null;
            description?: string | null;
            /** @description The event types to send: `contact.created`, or `contact.*`. Empty means all */
            eventTypes?: string[];
            /**
             * @description Of these event types, only events that carry one of these channels. Empty means all, with channels and without
             * @example [
             *       "project-42"
             *     ]
             */
            channels?: string[];
            /**
             * @description Of these event types, only events whose data matches, in the manner of MongoDB: `{ "amount": { "$gte": 1000 } }`. Null: all
             * @example {
             *       "amount": {
             *         "$gte": 1000
             *       }
             *     }
             */
            filter?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description How bodies are laid out: `leadhooks` (`{ id, event, timestamp, data }`), `standard` (`{ type, timestamp, data }`), `cloudevents` (CloudEvents 1.0), or the `data` alone
             * @enum {string}
             */
            format?: "leadhooks" | "standard" | "cloudevents" | "data";
            /**
             * @description What `data` is made of: names, and paths into the event. `{ $field, $else }` says what stands for a missing field, `{ $value }` is a constant. Null: the data of the event
             * @example {
             *       "email": "data.contact.email",
             *       "source": {
             *         "$value": "crm"
             *       }
             *     }
             */
            mapping?: {
                [key: string]: unknown;
            } | null;
            /** @description Headers to add to each request. Stored encrypted; only their names are shown */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description How `X-Webhook-Signature` is written beside the Standard Webhooks headers
             * @enum {string}
             */
            bodySignature?: "sha256=" | "hex" | "off";
            retry?: components["schemas"]["RetryPolicy"] | null;
            timeoutMs?: number | null;
            concurrency?: number | null;
            /** @description At most so many requests in so long, all workers together. What comes too soon waits */
            throttle?: components["schemas"]["Throttle"] | null;
            /** @description Whether events with an `orderingKey` are sent one after the other, each key by itself: one that fails holds up those of its own key, until it is delivered or given up */
            ordered?: boolean;
            /** @description Whether requests carry `traceparent`, and `tracestate` where there is one: of the span of the attempt, where the host traces */
            traceContext?: boolean;
            /** @description Several events by one signed request. Null: each event by a request of its own */
            batch?: components["schemas"]["BatchSettings"] | null;
            /** @description Times in which nothing is sent: deliveries wait, and spend no attempt */
            maintenance?: components["schemas"]["MaintenanceWindow"][];
            authentication?: components["schemas"]["Authentication"] | null;
            tls?: components["schemas"]["TlsSettings"] | null;
            /** @description When its deliveries wait because its receiver fails; false: never; null: as the host has it */
            circuit?: (components["schemas"]["CircuitSettings"] | false) | null;
            /** @description When it is switched off because its receiver fails; false: never; null: as the host has it */
            autoDisable?: (components["schemas"]["AutoDisablePolicy"] | false) | null;
            /** @description A new signing secret is made every so many days; the former one counts for a day longer */
            rotateSecretEveryDays?: number | null;
            /** @description Whether requests are signed with an Ed25519 key (`v1a`) beside the secret: receivers then need to know its public half only */
            asymmetricSigning?: boolean;
            enabled?: boolean;
        };
        Resumption: {
            /** @description What becomes of deliveries that have waited while it was off: all go, none does, or those made since a time do; the others are cancelled */
            resume?: ("all" | "none") | {
                /** Format: date-time */
                since: string;
            };
        };
        RecoveryRequest: {
            /**
             * Format: date-time
             * @description Events dispatched then or later
             */
            since: string;
            /**
             * Format: date-time
             * @description Dispatched before this, and before now in any case
             */
            until?: string;
            /**
             * @description Not only events that were never sent to it, but also those whose deliveries were all given up or cancelled
             * @default false
             */
            includeFailed?: boolean;
            /**
             * @description How many are replayed in a second
             * @default 50
             */
            perSecond?: number;
            /**
             * @description Only counts what would be sent
             * @default false
             */
            dryRun?: boolean;
        };
        StartedReplay: {
            /** @description How many deliveries match, or how many events were missed */
            total: number;
            /** @description Null on a dry run */
            replay: components["schemas"]["BulkReplay"] | null;
        };
        BulkReplay: {
            id: string;
            organizationId: string;
            /**
             * @description `replay`: of deliveries that have ended; `recovery`: of events that a webhook has missed
             * @enum {string}
             */
            kind: "replay" | "recovery";
            /** @enum {string} */
            state: "running" | "paused" | "completed" | "cancelled";
            webhookId: string | null;
            eventType: string | null;
            /** @description How the deliveries ended that are replayed; null for a recovery */
            status: ("dead_letter" | "delivered" | "cancelled") | null;
            /** @description Whether a recovery sends again what was given up or cancelled */
            includeFailed: boolean;
            since: string | null;
            /** Format: date-time */
            until: string;
            perSecond: number;
            /** @description How many matched when it was started */
            total: number;
            /** @description How many deliveries it has made */
            replayed: number;
            /** @description How many it has passed over: their webhook or event is no more */
            skipped: number;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
        };
        WebhookHealth: {
            enabled: boolean;
            disabledReason: ("by_user" | "gone" | "failing") | null;
            disabledAt: string | null;
            /**
             * @description `open`: its deliveries wait; `half_open`: one is on its way to find out more
             * @enum {string}
             */
            circuitState: "closed" | "open" | "half_open";
            waitsFor: ("circuit" | "paused" | "throttled" | "maintenance" | "verification" | "batching") | null;
            /** @description Nothing is sent before then */
            waitsUntil: string | null;
            consecutiveFailures: number;
            failingSince: string | null;
            /** @enum {string} */
            status: "healthy" | "degraded" | "failing";
            evidence: {
                /** @enum {string} */
                reason: "disabled" | "circuit_open" | "mostly_failing" | "failing_in_a_row" | "some_failing" | "paused" | "slow";
                message: string;
            }[];
            /** @description When it will be switched off, should its receiver go on as it does */
            forecast: {
                /** Format: date-time */
                disabledAt: string;
                message: string;
            } | null;
            recent: components["schemas"]["RecentFigures"];
        };
        /** @description This hour and the one before */
        RecentFigures: {
            /** @description Those that ended: delivered, or as dead letters */
            deliveries: number;
            delivered: number;
            deadLettered: number;
            attempts: number;
            succeeded: number;
            failed: number;
            retries: number;
            /** @description Of what ended, so much was delivered; in percent */
            successRate: number;
            /** @description In percent; 0 of nothing */
            firstAttemptSuccessRate: number;
            averageMs: number;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
            /** Format: date-time */
            since: string;
        };
        PublicKeys: {
            keys: {
                /** @constant */
                kty: "OKP";
                /** @constant */
                crv: "Ed25519";
                /** @constant */
                alg: "EdDSA";
                /** @constant */
                use: "sig";
                /** @description The thumbprint of the key (RFC 7638) */
                kid: string;
                /** @description The key in base64url */
                x: string;
            }[];
        };
        WebhookTestRequest: {
            /** @description What to send. Left out: the first type that the webhook takes and that has an example */
            eventType?: string;
            /** @description Left out: the example of the event type */
            data?: unknown;
        };
        WebhookTest: {
            /** @enum {string} */
            outcome: "succeeded" | "failed";
            failure: components["schemas"]["AttemptFailure"] | null;
            /** @description The verdict, for people: what happened, and what to do about it */
            message: string;
            request: {
                /** @constant */
                method: "POST";
                url: string;
                /** @description The values of custom headers are hidden */
                headers: {
                    [key: string]: string;
                };
                body: string;
            };
            /** @description What `webhook-signature` is the HMAC of */
            signedContent: string;
            response: {
                statusCode: number;
                headers: {
                    [key: string]: string | string[];
                };
                /** @description The first 64 KiB */
                body: string;
            } | null;
            /** @description How long each phase took; null for an address that is not allowed */
            timings: {
                dnsMs: number | null;
                connectMs: number | null;
                tlsMs: number | null;
                firstByteMs: number | null;
                totalMs: number;
            } | null;
        };
        /**
         * @description * `token`: No access token could be fetched to authenticate with: check the token URL, the client id and the secret
         *     * `blocked_address`: The URL leads to an address that deliveries may not go to: it must be a public one
         *     * `dns`: The host name of the URL has no address: check the URL and its DNS records
         *     * `connect`: The receiver could not be connected to: check that it is up, and the port of the URL
         *     * `tls`: TLS with the receiver failed: check that it speaks TLS 1.2 or 1.3 on this port and that its certificate is valid
         *     * `timeout_dns`: The host name of the URL was not resolved in time: check that its name servers answer
         *     * `timeout_connect`: No connection to the receiver came about in time: check that it is up and that no firewall is in the way
         *     * `timeout_tls`: The receiver did not agree on TLS in time: check that it speaks TLS on this port, and how busy it is
         *     * `timeout_sending`: The receiver did not take the whole request in time: let it read the body before it does anything else
         *     * `timeout_first_byte`: The receiver took the request and did not answer it in time: let it answer first and work afterwards
         *     * `timeout_body`: The receiver began its answer and did not end it in time: let it answer with a short body, or none
         *     * `timeout`: The receiver gave no complete answer in time; such attempts are from before the phase was kept
         *     * `reset`: The receiver closed the connection before its answer was complete: its log, or that of its proxy, may tell why
         *     * `too_large`: The receiver sent more than an answer may have, 16 KiB of headers and 256 KiB in all: let it answer with a short body, or none
         *     * `invalid_response`: The receiver did not answer in proper HTTP/1.1: check that the URL leads to a web server
         *     * `invalid_request`: The request could not be written: check the URL and the custom headers of the webhook
         *     * `worker_stopped`: The worker was stopped before the receiver had answered: the delivery goes on with the next worker
         *     * `status`: The receiver answered, but not with 2xx: the status code says why, and its log may tell more
         * @enum {string}
         */
        AttemptFailure: "token" | "blocked_address" | "dns" | "connect" | "tls" | "timeout_dns" | "timeout_connect" | "timeout_tls" | "timeout_sending" | "timeout_first_byte" | "timeout_body" | "timeout" | "reset" | "too_large" | "invalid_response" | "invalid_request" | "worker_stopped" | "status";
        WebhookVerification: {
            verified: boolean;
            failure: components["schemas"]["AttemptFailure"] | null;
            /** @description What happened, and what to do about it, for people */
            message: string;
            webhook: components["schemas"]["Webhook"];
        };
        SecretRotation: {
            /**
             * @description How long requests are signed with the former secret too; 0 ends it at once
             * @default 86400
             */
            graceSeconds?: number;
            /** @description An own signing secret: `whsec_` and 24 to 64 bytes in base64. Left out: one is made */
            secret?: string;
        };
        RotatedSecret: {
            id: string;
            organizationId: string;
            name: string | null;
            description: string | null;
            url: string;
            /** @description `contact.created`, or `contact.*`. Empty means all */
            eventTypes: string[];
            /** @description Only events that carry one of them. Empty means all */
            channels: string[];
            filter: {
                [key: string]: unknown;
            } | null;
            /** @enum {string} */
            format: "leadhooks" | "standard" | "cloudevents" | "data";
            mapping: {
                [key: string]: unknown;
            } | null;
            /** @description Names of the custom headers; the values are never shown */
            headerNames: string[];
            /** @enum {string} */
            bodySignature: "sha256=" | "hex" | "off";
            retry: components["schemas"]["RetryPolicy"] | null;
            timeoutMs: number | null;
            concurrency: number | null;
            throttle: components["schemas"]["Throttle"] | null;
            ordered: boolean;
            traceContext: boolean;
            batch: components["schemas"]["BatchSettings"] | null;
            maintenance: components["schemas"]["MaintenanceWindow"][];
            authenticationType: ("basic" | "bearer" | "oauth2") | null;
            /** @description The authorities that it trusts in place of the public ones, and the certificate that it shows to its receiver */
            tlsCertificates: {
                ca: components["schemas"]["Certificate"][];
                client: components["schemas"]["Certificate"] | null;
            } | null;
            circuit: (components["schemas"]["CircuitPolicy"] | false) | null;
            autoDisable: (components["schemas"]["AutoDisablePolicy"] | false) | null;
            /**
             * @description `open`: its deliveries wait; `half_open`: one is on its way to find out more
             * @enum {string}
             */
            circuitState: "closed" | "open" | "half_open";
            /** @description Nothing is sent before then */
            waitsUntil: string | null;
            waitsFor: ("circuit" | "paused" | "throttled" | "maintenance" | "verification" | "batching") | null;
            rotateSecretEveryDays: number | null;
            rotateSecretAt: string | null;
            secretRotatedAt: string | null;
            /** @description Verifies the `v1a` signatures that requests carry beside those by the secret; null: there are none */
            publicKey: string | null;
            /** @description Until when requests are signed with the former secret too */
            previousSecretEndsAt: string | null;
            /** @description Whether its URL has answered a challenge; `pending`: its deliveries wait for that; null: it was not asked */
            verification: ("pending" | "verified") | null;
            verifiedAt: string | null;
            enabled: boolean;
            disabledReason: ("by_user" | "gone" | "failing") | null;
            disabledAt: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description What deliveries are signed with from now on */
            secret: string;
        };
        RevealedSecret: {
            /** @description What deliveries are signed with */
            secret: string;
        };
        NewEvent: {
            /**
             * @description The event type
             * @example new_lead
             */
            type: string;
            /** @description The data of the event, as its type describes it */
            data: unknown;
            /** @description Unique in the organization. A repeated id makes no second event */
            id?: string;
            /**
             * @description Webhooks with channels get it only where one of them is among these
             * @example [
             *       "project-42"
             *     ]
             */
            channels?: string[];
            /**
             * @description Webhooks with `ordered` get the events of a key one after the other, in the order in which they were dispatched
             * @example lead_123
             */
            orderingKey?: string | null;
        };
        DispatchedEvent: {
            /** @description Receivers see it as `webhook-id` */
            id: string;
            organizationId: string;
            type: string;
            data: unknown;
            /** @description Whether its data was removed: `data` is null then */
            redacted: boolean;
            channels: string[];
            orderingKey: string | null;
            /** Format: date-time */
            createdAt: string;
            /** @description How many deliveries it made */
            deliveries: number;
            /** @description True when there was an event of this id already: this is that one, and nothing was written */
            duplicate: boolean;
        };
        NewEvents: {
            events: components["schemas"]["NewEvent"][];
        };
        DispatchedEvents: {
            /** @description In the order given */
            data: components["schemas"]["DispatchedEvent"][];
        };
        Event: {
            /** @description Receivers see it as `webhook-id` */
            id: string;
            organizationId: string;
            type: string;
            data: unknown;
            /** @description Whether its data was removed: `data` is null then */
            redacted: boolean;
            channels: string[];
            orderingKey: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        EventType: {
            name: string;
            /** @description Whose it is; `*`: of all organizations; null: in the code of the host */
            organizationId: string | null;
            description: string | null;
            /** @description JSON Schema of its data */
            schema: unknown;
            example: unknown;
            /** @description Paths of data that is shown with `read:secrets` only */
            sensitive: string[];
        };
        NewEventType: {
            description?: string | null;
            /**
             * @description JSON Schema (2020-12) of the data. `format` checks nothing; `$ref` leads to `#/$defs/…` only
             * @example {
             *       "type": "object",
             *       "required": [
             *         "amount"
             *       ],
             *       "properties": {
             *         "amount": {
             *           "type": "number"
             *         }
             *       }
             *     }
             */
            schema: {
                [key: string]: unknown;
            };
            /** @description Data that matches the schema; null for none */
            example?: unknown;
            /**
             * @description Paths of data that is shown with `read:secrets` only: `contact.email`. Deliveries carry it all the same
             * @example [
             *       "contact.email"
             *     ]
             */
            sensitive?: string[];
            /**
             * @description The event type
             * @example deal.won
             */
            name: string;
        };
        EventTypeChanges: {
            description?: string | null;
            /**
             * @description JSON Schema (2020-12) of the data. `format` checks nothing; `$ref` leads to `#/$defs/…` only
             * @example {
             *       "type": "object",
             *       "required": [
             *         "amount"
             *       ],
             *       "properties": {
             *         "amount": {
             *           "type": "number"
             *         }
             *       }
             *     }
             */
            schema?: {
                [key: string]: unknown;
            };
            /** @description Data that matches the schema; null for none */
            example?: unknown;
            /**
             * @description Paths of data that is shown with `read:secrets` only: `contact.email`. Deliveries carry it all the same
             * @example [
             *       "contact.email"
             *     ]
             */
            sensitive?: string[];
        };
        Delivery: {
            id: string;
            organizationId: string;
            webhookId: string;
            eventId: string;
            eventType: string;
            /** @enum {string} */
            status: "pending" | "retrying" | "delivered" | "dead_letter" | "cancelled";
            /** @description Why it was cancelled or given up: `exhausted`, `by_user`, … */
            reason: string | null;
            /** @description How many requests were started */
            attempts: number;
            nextAttemptAt: string | null;
            statusCode: number | null;
            failure: components["schemas"]["AttemptFailure"] | null;
            /** @description The delivery that this one repeats */
            replayOf: string | null;
            /** @description The first of its chain */
            replayRoot: string | null;
            /** @description How many replays there are from that first one to this */
            replayDepth: number;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            /** @description When a dead letter was closed by hand */
            resolvedAt: string | null;
        };
        ReplayRequest: {
            webhookId?: string;
            eventType?: string;
            /**
             * @description How the deliveries ended that are replayed
             * @default dead_letter
             * @enum {string}
             */
            status?: "dead_letter" | "delivered" | "cancelled";
            /**
             * Format: date-time
             * @description Made then or later
             */
            since?: string;
            /**
             * Format: date-time
             * @description Made before this, and before now in any case
             */
            until?: string;
            /**
             * @description How many are replayed in a second
             * @default 50
             */
            perSecond?: number;
            /**
             * @description Only counts what would be replayed
             * @default false
             */
            dryRun?: boolean;
        };
        DeliveryChange: {
            id: string;
            webhookId: string;
            eventId: string;
            eventType: string;
            /** @enum {string} */
            status: "pending" | "retrying" | "delivered" | "dead_letter" | "cancelled";
            reason: string | null;
            /** Format: date-time */
            changedAt: string;
            nextAttemptAt: string | null;
            /** @description The request that was made; null where there was none */
            attempt: {
                number: number;
                /** @enum {string} */
                outcome: "succeeded" | "failed" | "lost" | "superseded";
                statusCode: number | null;
                failure: components["schemas"]["AttemptFailure"] | null;
                durationMs: number | null;
            } | null;
        };
        DeliveryWithAttempts: {
            id: string;
            organizationId: string;
            webhookId: string;
            eventId: string;
            eventType: string;
            /** @enum {string} */
            status: "pending" | "retrying" | "delivered" | "dead_letter" | "cancelled";
            /** @description Why it was cancelled or given up: `exhausted`, `by_user`, … */
            reason: string | null;
            /** @description How many requests were started */
            attempts: number;
            nextAttemptAt: string | null;
            statusCode: number | null;
            failure: components["schemas"]["AttemptFailure"] | null;
            /** @description The delivery that this one repeats */
            replayOf: string | null;
            /** @description The first of its chain */
            replayRoot: string | null;
            /** @description How many replays there are from that first one to this */
            replayDepth: number;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            /** @description When a dead letter was closed by hand */
            resolvedAt: string | null;
            /** @description Every request that was made, the first one first */
            attemptLog: components["schemas"]["Attempt"][];
        };
        Attempt: {
            number: number;
            /** Format: date-time */
            startedAt: string;
            durationMs: number | null;
            /** @enum {string} */
            outcome: "succeeded" | "failed" | "lost" | "superseded";
            failure: components["schemas"]["AttemptFailure"] | null;
            /** @description What happened and what to do about it, for people */
            message: string | null;
            statusCode: number | null;
            /** @description The beginning of what was answered; null where that was about several events */
            responseBody: string | null;
            /** @description The request for many events that it was part of; null: it was of this one alone */
            batch: {
                /** @description The `webhook-id` of the request */
                id: string;
                /** @description How many events went by it */
                size: number;
            } | null;
        };
        DeliveryBody: {
            contentType: string | null;
            /** @description As it is sent, byte for byte; null as long as there is nothing to send */
            body: string | null;
        };
        AnalyticsSummary: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @description Those that ended: delivered, or as dead letters */
            deliveries: number;
            delivered: number;
            deadLettered: number;
            attempts: number;
            succeeded: number;
            failed: number;
            retries: number;
            /** @description Of what ended, so much was delivered; in percent */
            successRate: number;
            /** @description In percent; 0 of nothing */
            firstAttemptSuccessRate: number;
            averageMs: number;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
            previous: components["schemas"]["PeriodFigures"];
            webhooks: {
                total: number;
                active: number;
                healthy: number;
                degraded: number;
                failing: number;
            };
            total_webhooks: number;
            active_webhooks: number;
            total_deliveries: number;
            /** @description In percent; 0 of nothing */
            success_rate: number;
            average_response_time: number;
            healthy_webhooks: number;
            failed_webhooks: number;
        };
        PeriodFigures: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @description Those that ended: delivered, or as dead letters */
            deliveries: number;
            delivered: number;
            deadLettered: number;
            attempts: number;
            succeeded: number;
            failed: number;
            retries: number;
            /** @description Of what ended, so much was delivered; in percent */
            successRate: number;
            /** @description In percent; 0 of nothing */
            firstAttemptSuccessRate: number;
            averageMs: number;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
        };
        AnalyticsTimeSeries: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @enum {string} */
            interval: "minute" | "hour" | "day";
            points: components["schemas"]["AnalyticsPoint"][];
            /** @description Null where it lies too far back for this interval */
            previous: {
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
                points: components["schemas"]["AnalyticsPoint"][];
            } | null;
        };
        AnalyticsPoint: {
            /** @description Those that ended: delivered, or as dead letters */
            deliveries: number;
            delivered: number;
            deadLettered: number;
            attempts: number;
            succeeded: number;
            failed: number;
            retries: number;
            /** @description Of what ended, so much was delivered; in percent */
            successRate: number;
            /** @description In percent; 0 of nothing */
            firstAttemptSuccessRate: number;
            averageMs: number;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
            /** Format: date-time */
            startsAt: string;
        };
        WebhookAnalytics: {
            webhookId: string;
            name: string | null;
            url: string;
            enabled: boolean;
            /** @enum {string} */
            status: "healthy" | "degraded" | "failing";
            evidence: {
                /** @enum {string} */
                reason: "disabled" | "circuit_open" | "mostly_failing" | "failing_in_a_row" | "some_failing" | "paused" | "slow";
                message: string;
            }[];
            /** @description When it will be switched off, should its receiver go on as it does */
            forecast: {
                /** Format: date-time */
                disabledAt: string;
                message: string;
            } | null;
            recent: components["schemas"]["RecentFigures"];
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @description Those that ended: delivered, or as dead letters */
            deliveries: number;
            delivered: number;
            deadLettered: number;
            attempts: number;
            succeeded: number;
            failed: number;
            retries: number;
            /** @description Of what ended, so much was delivered; in percent */
            successRate: number;
            /** @description In percent; 0 of nothing */
            firstAttemptSuccessRate: number;
            averageMs: number;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
            previous: components["schemas"]["PeriodFigures"];
        };
        AnalyticsByEventType: {
            data: components["schemas"]["EventTypeAnalytics"][];
        };
        EventTypeAnalytics: {
            eventType: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            /** @description Those that ended: delivered, or as dead letters */
            deliveries: number;
            delivered: number;
            deadLettered: number;
            attempts: number;
            succeeded: number;
            failed: number;
            retries: number;
            /** @description Of what ended, so much was delivered; in percent */
            successRate: number;
            /** @description In percent; 0 of nothing */
            firstAttemptSuccessRate: number;
            averageMs: number;
            p50Ms: number;
            p95Ms: number;
            p99Ms: number;
            previous: components["schemas"]["PeriodFigures"];
        };
        AnalyticsErrors: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            failed: number;
            failures: {
                failure: components["schemas"]["AttemptFailure"];
                statusCode: number | null;
                message: string;
                attempts: number;
                /** @description In percent; 0 of nothing */
                share: number;
                previousAttempts: number;
            }[];
            deadLettered: number;
            deadLetters: {
                reason: string;
                deliveries: number;
                /** @description In percent; 0 of nothing */
                share: number;
                previousDeliveries: number;
            }[];
        };
        Organization: {
            /** @description By the host's own id */
            id: string;
            name: string | null;
            /** @description Null where the host's default holds */
            eventsPerMinute: number | null;
            maintenance: components["schemas"]["MaintenanceWindow"][];
            retention: components["schemas"]["Retention"] | null;
            /** Format: date-time */
            createdAt: string;
        };
        /** @description How many days finished deliveries are kept; false: for ever */
        Retention: {
            days?: number | false;
            deliveredDays?: number | false;
            deadLetterDays?: number | false;
            cancelledDays?: number | false;
        };
        OrganizationChanges: {
            name?: string | null;
            /** @description Times in which nothing is sent to any of its webhooks: deliveries wait, and spend no attempt */
            maintenance?: components["schemas"]["MaintenanceWindow"][];
        };
        NewOrganization: {
            /** @default null */
            name?: string | null;
            /**
             * @description How many events it may publish in a minute; null where the host's default holds
             * @default null
             */
            eventsPerMinute?: number | null;
            /**
             * @description Times in which nothing is sent to any of its webhooks: deliveries wait, and spend no attempt
             * @default []
             */
            maintenance?: components["schemas"]["MaintenanceWindow"][];
            /** @default null */
            retention?: components["schemas"]["Retention"] | null;
            /** @description The organization, by the host's own id */
            id: string;
        };
        ErasedOrganization: {
            id: string;
        };
        AuditEntry: {
            id: string;
            organizationId: string;
            /** @description Counts from 1 within the organization, without gaps */
            sequence: number;
            /** Format: date-time */
            createdAt: string;
            /** @enum {string} */
            action: "api_key.created" | "api_key.updated" | "api_key.rotated" | "api_key.revoked" | "webhook.created" | "webhook.updated" | "webhook.deleted" | "webhook.disabled" | "webhook.verified" | "webhook.secret_revealed" | "webhook.secret_rotated" | "event_type.registered" | "event_type.updated" | "event_type.deleted" | "event.redacted" | "organization.created" | "organization.updated" | "organization.deleted";
            actor: {
                /** @enum {string} */
                type: "api_key" | "user" | "system";
                id: string;
                ip?: string;
                userAgent?: string;
            };
            /** @enum {string} */
            targetType: "api_key" | "webhook" | "event_type" | "event" | "organization";
            targetId: string;
            /** @description What was changed as it was, without secrets */
            before: {
                [key: string]: unknown;
            } | null;
            after: {
                [key: string]: unknown;
            } | null;
            /** @description Binds the entry to all those before it */
            hash: string;
        };
        Problem: {
            /** @description Where the documentation explains the code */
            type: string;
            title: string;
            status: number;
            /** @description What programs tell errors apart by; stable */
            code: string;
            detail: string;
            /** @description What is wrong with the input, by JSON pointer (RFC 6901) into the body or the query */
            errors?: {
                pointer: string;
                detail: string;
            }[];
            /** @description The rate limits that were gone over, by their names in `RateLimit-Policy` */
            "violated-policies"?: string[];
        };
    };
    responses: {
        /** @description What went wrong, with a stable `code` */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The id of the event: the same on every attempt and replay. A batch has its own */
        WebhookId: string;
        /** @description When this attempt was made, in seconds since 1970 */
        WebhookTimestamp: string;
        /** @description `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64 */
        WebhookSignature: string;
        /** @description The event type; `batch` for several events */
        WebhookEvent: string;
        /** @description The number of the attempt, from 1; of a batch the highest */
        WebhookAttempt: string;
        /** @description The HMAC-SHA256 of the body alone in hex, as the `bodySignature` of the webhook has it */
        WebhookBodySignature: string;
        /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type About = components['schemas']['About'];
export type Readiness = components['schemas']['Readiness'];
export type Liveness = components['schemas']['Liveness'];
export type Worker = components['schemas']['Worker'];
export type NewApiKey = components['schemas']['NewApiKey'];
export type RateLimit = components['schemas']['RateLimit'];
export type CreatedApiKey = components['schemas']['CreatedApiKey'];
export type ApiKey = components['schemas']['ApiKey'];
export type ApiKeyChanges = components['schemas']['ApiKeyChanges'];
export type BulkRevocation = components['schemas']['BulkRevocation'];
export type RevokedApiKeys = components['schemas']['RevokedApiKeys'];
export type ApiKeyRotation = components['schemas']['ApiKeyRotation'];
export type ApiKeyUsage = components['schemas']['ApiKeyUsage'];
export type NewWebhook = components['schemas']['NewWebhook'];
export type RetryPolicy = components['schemas']['RetryPolicy'];
export type Throttle = components['schemas']['Throttle'];
export type BatchSettings = components['schemas']['BatchSettings'];
export type MaintenanceWindow = components['schemas']['MaintenanceWindow'];
export type Authentication = components['schemas']['Authentication'];
export type TlsSettings = components['schemas']['TlsSettings'];
export type CircuitSettings = components['schemas']['CircuitSettings'];
export type AutoDisablePolicy = components['schemas']['AutoDisablePolicy'];
export type CreatedWebhook = components['schemas']['CreatedWebhook'];
export type Certificate = components['schemas']['Certificate'];
export type CircuitPolicy = components['schemas']['CircuitPolicy'];
export type Webhook = components['schemas']['Webhook'];
export type WebhookChanges = components['schemas']['WebhookChanges'];
export type WebhookReplacement = components['schemas']['WebhookReplacement'];
export type Resumption = components['schemas']['Resumption'];
export type RecoveryRequest = components['schemas']['RecoveryRequest'];
export type StartedReplay = components['schemas']['StartedReplay'];
export type BulkReplay = components['schemas']['BulkReplay'];
export type WebhookHealth = components['schemas']['WebhookHealth'];
export type RecentFigures = components['schemas']['RecentFigures'];
export type PublicKeys = components['schemas']['PublicKeys'];
export type WebhookTestRequest = components['schemas']['WebhookTestRequest'];
export type WebhookTest = components['schemas']['WebhookTest'];
export type AttemptFailure = components['schemas']['AttemptFailure'];
export type WebhookVerification = components['schemas']['WebhookVerification'];
export type SecretRotation = components['schemas']['SecretRotation'];
export type RotatedSecret = components['schemas']['RotatedSecret'];
export type RevealedSecret = components['schemas']['RevealedSecret'];
export type NewEvent = components['schemas']['NewEvent'];
export type DispatchedEvent = components['schemas']['DispatchedEvent'];
export type NewEvents = components['schemas']['NewEvents'];
export type DispatchedEvents = components['schemas']['DispatchedEvents'];
export type Event = components['schemas']['Event'];
export type EventType = components['schemas']['EventType'];
export type NewEventType = components['schemas']['NewEventType'];
export type EventTypeChanges = components['schemas']['EventTypeChanges'];
export type Delivery = components['schemas']['Delivery'];
export type ReplayRequest = components['schemas']['ReplayRequest'];
export type DeliveryChange = components['schemas']['DeliveryChange'];
export type DeliveryWithAttempts = components['schemas']['DeliveryWithAttempts'];
export type Attempt = components['schemas']['Attempt'];
export type DeliveryBody = components['schemas']['DeliveryBody'];
export type AnalyticsSummary = components['schemas']['AnalyticsSummary'];
export type PeriodFigures = components['schemas']['PeriodFigures'];
export type AnalyticsTimeSeries = components['schemas']['AnalyticsTimeSeries'];
export type AnalyticsPoint = components['schemas']['AnalyticsPoint'];
export type WebhookAnalytics = components['schemas']['WebhookAnalytics'];
export type AnalyticsByEventType = components['schemas']['AnalyticsByEventType'];
export type EventTypeAnalytics = components['schemas']['EventTypeAnalytics'];
export type AnalyticsErrors = components['schemas']['AnalyticsErrors'];
export type Organization = components['schemas']['Organization'];
export type Retention = components['schemas']['Retention'];
export type OrganizationChanges = components['schemas']['OrganizationChanges'];
export type NewOrganization = components['schemas']['NewOrganization'];
export type ErasedOrganization = components['schemas']['ErasedOrganization'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type Problem = components['schemas']['Problem'];
export type ResponseProblem = components['responses']['Problem'];
export type ParameterWebhookId = components['parameters']['WebhookId'];
export type ParameterWebhookTimestamp = components['parameters']['WebhookTimestamp'];
export type ParameterWebhookSignature = components['parameters']['WebhookSignature'];
export type ParameterWebhookEvent = components['parameters']['WebhookEvent'];
export type ParameterWebhookAttempt = components['parameters']['WebhookAttempt'];
export type ParameterWebhookBodySignature = components['parameters']['WebhookBodySignature'];
export type ParameterIdempotencyKey = components['parameters']['IdempotencyKey'];
export type $defs = Record<string, never>;
export interface operations {
    showApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    describeApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    showStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    showLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    showReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listWorkers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Worker"][];
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
                tag?: string;
                ownerId?: string;
                environment?: "live" | "test";
                revoked?: boolean;
                /** @description Not used for so many days, and as old */
                unusedForDays?: number;
                /** @description Expired, or about to within so many days */
                expiresWithinDays?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApiKey"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: {
                /** @description Why; shown with the key */
                reason?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    revokeApiKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkRevocation"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedApiKeys"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyRotation"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedApiKey"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    showApiKeyUsage: {
        parameters: {
            query?: {
                interval?: "minute" | "hour" | "day";
                /** @description The beginning; 24 intervals before `to` unless told */
                from?: string;
                /** @description The end; now unless told */
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyUsage"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    replaceWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookReplacement"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    enableWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Resumption"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    disableWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    recoverWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecoveryRequest"];
            };
        };
        responses: {
            /** @description OK */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedReplay"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getWebhookHealth: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookHealth"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getWebhookPublicKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublicKeys"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookTestRequest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    verifyWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookVerification"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretRotation"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RotatedSecret"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    revealWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevealedSecret"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Event"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    dispatchEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEvent"];
            };
        };
        responses: {
            /** @description OK */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DispatchedEvent"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    dispatchEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEvents"];
            };
        };
        responses: {
            /** @description OK */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DispatchedEvents"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    redactEvent: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listEventTypes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["EventType"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    registerEventType: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEventType"];
            };
        };
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    deleteEventType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateEventType: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventTypeChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventType"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
                webhookId?: string;
                eventId?: string;
                eventType?: string;
                status?: "pending" | "retrying" | "delivered" | "dead_letter" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Delivery"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    replayDeliveries: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description OK */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedReplay"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    streamDeliveries: {
        parameters: {
            query?: {
                webhookId?: string;
                status?: "pending" | "retrying" | "delivered" | "dead_letter" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["DeliveryChange"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryWithAttempts"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getDeliveryBody: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryBody"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    retryDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    replayDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    cancelDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    resolveDelivery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listBulkReplays: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["BulkReplay"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getBulkReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkReplay"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    pauseBulkReplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkReplay"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    resumeBulkReplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkReplay"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    cancelBulkReplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkReplay"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAnalytics: {
        parameters: {
            query?: {
                /** @description The beginning; 7 days before `to` unless told */
                from?: string;
                /** @description The end; now unless told */
                to?: string;
                /** @description Of this webhook only */
                webhookId?: string;
                /** @description Of this event type only */
                eventType?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsSummary"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAnalyticsTimeSeries: {
        parameters: {
            query?: {
                /** @description The beginning; 7 days before `to` unless told */
                from?: string;
                /** @description The end; now unless told */
                to?: string;
                /** @description Of this webhook only */
                webhookId?: string;
                /** @description Of this event type only */
                eventType?: string;
                /** @description Unless told: a minute for up to 3 hours, an hour for up to 7 days, and a day for more */
                interval?: "minute" | "hour" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsTimeSeries"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAnalyticsByWebhook: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
                /** @description The beginning; 7 days before `to` unless told */
                from?: string;
                /** @description The end; now unless told */
                to?: string;
                /** @description Of this event type only */
                eventType?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookAnalytics"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAnalyticsByEventType: {
        parameters: {
            query?: {
                /** @description The beginning; 7 days before `to` unless told */
                from?: string;
                /** @description The end; now unless told */
                to?: string;
                /** @description Of this webhook only */
                webhookId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsByEventType"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    getAnalyticsErrors: {
        parameters: {
            query?: {
                /** @description The beginning; 7 days before `to` unless told */
                from?: string;
                /** @description The end; now unless told */
                to?: string;
                /** @description Of this webhook only */
                webhookId?: string;
                /** @description Of this event type only */
                eventType?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnalyticsErrors"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    showOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    updateOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationChanges"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Organization"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    upsertOrganization: {
        parameters: {
            query?: never;
            header?: {
                /** @description Any text that no other request has. What comes again with it within 24 hours is answered as before, and not done again */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganization"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    deleteOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErasedOrganization"];
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    listAuditLog: {
        parameters: {
            query?: {
                /** @description How many rows at most */
                limit?: number;
                /** @description The `nextCursor` of the page before; opaque */
                cursor?: string;
                action?: "api_key.created" | "api_key.updated" | "api_key.rotated" | "api_key.revoked" | "webhook.created" | "webhook.updated" | "webhook.deleted" | "webhook.disabled" | "webhook.verified" | "webhook.secret_revealed" | "webhook.secret_rotated" | "event_type.registered" | "event_type.updated" | "event_type.deleted" | "event.redacted" | "organization.created" | "organization.updated" | "organization.deleted";
                /** @description What was changed */
                targetId?: string;
                /** @description Who did it */
                actorId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEntry"][];
                        /** @description The `cursor` of the next page; null on the last one */
                        nextCursor: string | null;
                    };
                };
            };
            "4XX": components["responses"]["Problem"];
            "5XX": components["responses"]["Problem"];
        };
    };
    "deliver.event": {
        parameters: {
            query?: never;
            header: {
                /** @description The id of the event: the same on every attempt and replay. A batch has its own */
                "webhook-id": components["parameters"]["WebhookId"];
                /** @description When this attempt was made, in seconds since 1970 */
                "webhook-timestamp": components["parameters"]["WebhookTimestamp"];
                /** @description `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64 */
                "webhook-signature": components["parameters"]["WebhookSignature"];
                /** @description The event type; `batch` for several events */
                "x-webhook-event": components["parameters"]["WebhookEvent"];
                /** @description The number of the attempt, from 1; of a batch the highest */
                "x-webhook-attempt": components["parameters"]["WebhookAttempt"];
                /** @description The HMAC-SHA256 of the body alone in hex, as the `bodySignature` of the webhook has it */
                "x-webhook-signature"?: components["parameters"]["WebhookBodySignature"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description As a webhook of the format `leadhooks` without a mapping and batches gets it */
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    event: string;
                    /**
                     * Format: date-time
                     * @description When the event was dispatched
                     */
                    timestamp: string;
                    data: unknown;
                };
            };
        };
        responses: {
            /** @description The webhook is switched off */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description All its deliveries wait, as long as `Retry-After` says */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Delivered */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Tried again by the retry policy of the webhook */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}

/** Every code of a problem. */
export type ErrorCode =
    | "malformed_json"
    | "invalid_request"
    | "invalid_cursor"
    | "invalid_event_data"
    | "unknown_event_type"
    | "url_not_allowed"
    | "method_not_allowed"
    | "payload_too_large"
    | "unsupported_media_type"
    | "signed_out"
    | "api_key_missing"
    | "api_key_malformed"
    | "api_key_unknown"
    | "api_key_revoked"
    | "api_key_expired"
    | "api_key_disabled"
    | "api_key_wrong_environment"
    | "forbidden"
    | "ip_not_allowed"
    | "cross_site_request"
    | "not_found"
    | "conflict"
    | "rate_limited"
    | "invalid_options"
    | "not_supported"
    | "migration_required"
    | "undecryptable"
    | "shaping_failed"
    | "storage_corrupt"
    | "internal"
    | "storage_unavailable"
    | "not_ready"
    | "closed";
