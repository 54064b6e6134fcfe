//! Appointments to the offices of the initiative.

use async_graphql::InputObject;
use maip_domain::id::{AccountId, AppointmentId};
use maip_domain::membership::AppointmentKind;
use maip_domain::vocabulary::Region;
use maip_persistence::membership::appointments::{self, NewAppointment};
use maip_persistence::membership::read::APPOINTMENT;
use maip_persistence::write::{Refusal, WriteResult, Written};

use crate::mutation::{MutationContext, Payload, Typed};
use crate::schema::Closed;
use crate::schema::scalars::{Country, DateTime, Id};

const OF_APPOINTMENT: Payload = Payload::of("appointment", &APPOINTMENT, "The appointment as it is now.");

pub static APPOINT: Typed<AppointInput> = Typed {
    name: "appoint",
    description: "Appoints someone to an office: the secretariat to all, a regional focal point the national focal \
                  points of the region, a national focal point the task force and the technical officers; the \
                  system administrator the executive secretary.",
    payload: OF_APPOINTMENT,
    run: |cx, input| Box::pin(appoint(cx, input)),
};

pub static END: Typed<EndAppointmentInput> = Typed {
    name: "endAppointment",
    description: "Ends an appointment. What the person was reviewing in this office goes back to be taken up by \
                  another. An appointment that hasn't begun by then is cancelled: it ends at its start.",
    payload: OF_APPOINTMENT,
    run: |cx, input| Box::pin(end(cx, input)),
};

/// Who is appointed to what.
#[derive(InputObject)]
pub struct AppointInput {
    /// The id, where you make it.
    id: Option<Id<AppointmentId>>,
    /// The person.
    account_id: Id<AccountId>,
    /// The office.
    kind: Closed<AppointmentKind>,
    /// The country of a national office.
    country: Option<Country>,
    /// The FAO region of a regional office.
    region: Option<Closed<Region>>,
    /// From when on; now unless said.
    starts_at: Option<DateTime>,
    /// Until when, if that is known.
    ends_at: Option<DateTime>,
}

/// Which appointment ends.
#[derive(InputObject)]
pub struct EndAppointmentInput {
    /// The appointment.
    appointment_id: Id<AppointmentId>,
    /// When; now unless said. An instant before the appointment's start cancels it, as ending it now does.
    ends_at: Option<DateTime>,
    /// The revision that you read, if it matters.
    expected_revision: Option<i32>,
}

async fn appoint(cx: &MutationContext<'_>, input: AppointInput) -> WriteResult<Written> {
    let mut refusal = Refusal::default();
    let id = input.id.and_then(|id| id.check(&mut refusal, "id"));
    let account = input.account_id.check(&mut refusal, "accountId");
    let new = NewAppointment {
        account: refusal.finish_with(account)?,
        kind: input.kind.0,
        country: input.country.map(|country| country.0),
        region: input.region.map(|region| region.0),
        starts_at: input.starts_at.map(|at| at.0),
        ends_at: input.ends_at.map(|at| at.0),
    };
    let unit = cx.begin().await?;
    let id = appointments::appoint(&unit, id.as_ref(), new).await?;
    unit.commit(Written::record(id)).await
}

async fn end(cx: &MutationContext<'_>, input: EndAppointmentInput) -> WriteResult<Written> {
    let id = input.appointment_id.at("appointmentId")?;
    let at = input.ends_at.map(|at| at.0);
    let unit = cx.begin().await?;
    appointments::end(&unit, &id, at, input.expected_revision.map(i64::from)).await?;
    unit.commit(Written::record(id.into_string())).await
}
