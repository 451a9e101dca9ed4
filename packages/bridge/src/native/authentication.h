/* Users, and who clients are. */

#ifndef MODIS_AUTHENTICATION_H
#define MODIS_AUTHENTICATION_H

#include "bridge.h"

/* ---- users.c ---- */

int user_number(const RedisModuleUser *user);
void users_drop(Module *module);

/* ---- authentication.c ---- */

/* As in bridge.ts. */
typedef enum { AUTH_NOT_HANDLED, AUTH_DENIED, AUTH_WELCOME, AUTH_WAITS } AuthOutcome;

AuthOutcome authenticate(const Caller *caller, RedisModuleString *user, RedisModuleString *password,
                         RedisModuleString **error);
void user_changed(double client);
void auth_drop(Module *module);
/* Whether modules are being asked about the client now. */
bool auth_in_progress(double client);
void auth_wait(double client);
/* Before and after the AUTH that has waited runs again. */
bool auth_resume(double client, RedisModuleBlockedClient *blocked);
void auth_resumed(double client, const RedisModuleBlockedClient *blocked);
void auth_forget(double client);

/* ---- blocked.c: an authentication that has waited. ---- */

/* NULL when it was aborted. */
RedisModuleAuthCallback blocked_auth_callback(RedisModuleBlockedClient *blocked);
/* Gives a context what that callback asks it for. */
void blocked_serve(RedisModuleBlockedClient *blocked, RedisModuleCtx *context);
void blocked_free_data(RedisModuleBlockedClient *blocked);

#endif
