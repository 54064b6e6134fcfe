//! What is written to people about their own account, by mail or as a text message. Where their
//! login can't receive any, nothing is.

use maip_domain::identity::{CodeDelivery, CodePurpose};

use super::accounts::open_login;
use super::codes::Issued;
use super::entity::accounts::Model as Account;
use crate::background::Channel;
use crate::background::message::{Draft, enqueue};
use crate::write::{Unit, WriteResult};

/// A note that isn't a code is worth sending for so long, in days.
const NOTE_DAYS: i64 = 3;

/// What is written.
pub(super) enum Letter<'a> {
    /// A one-time code.
    Code(CodePurpose, &'a Issued),
    /// Somebody signed up with a login that has an account.
    LoginInUse,
    /// The password was changed.
    PasswordChanged,
    /// Somebody who manages the platform made a code to read out.
    CodeReadOut,
}

/// Puts the letter into the queue, if the account's login can receive one.
pub(super) async fn send(unit: &Unit<'_>, account: &Account, letter: Letter<'_>) -> WriteResult<()> {
    let services = unit.services();
    let Some(login) = open_login(services, account) else { return Ok(()) };
    let channel = match services.delivery.of(login.kind()) {
        CodeDelivery::Email => Channel::Email,
        CodeDelivery::Sms => Channel::Sms,
        CodeDelivery::Facilitator => return Ok(()),
    };
    let valid_until = match &letter {
        Letter::Code(_, issued) => issued.expires,
        Letter::LoginInUse | Letter::PasswordChanged | Letter::CodeReadOut => unit.now().plus_days(NOTE_DAYS),
    };
    let words = Words::of(&account.language);
    let (subject, text) = words.write(&letter);
    enqueue(
        unit.transaction(),
        &services.keyring,
        (unit.clock(), unit.entropy()),
        Draft { channel, to: login.value(), subject, text: &text, valid_until },
    )
    .await?;
    Ok(())
}

/// The texts in one language. `{code}` is where the code goes.
struct Words {
    language: &'static str,
    code_subject: &'static str,
    verify: &'static str,
    reset: &'static str,
    claim: &'static str,
    account_subject: &'static str,
    login_in_use: &'static str,
    password_changed: &'static str,
    code_read_out: &'static str,
}

impl Words {
    fn of(language: &str) -> &'static Self {
        let primary = language.split('-').next().unwrap_or_default();
        WORDS.iter().find(|words| words.language == primary).unwrap_or(&WORDS[0])
    }

    fn write(&self, letter: &Letter<'_>) -> (&'static str, String) {
        match letter {
            Letter::Code(purpose, issued) => {
                let text = match purpose {
                    CodePurpose::VerifyLogin => self.verify,
                    CodePurpose::ResetPassword => self.reset,
                    CodePurpose::ClaimAccount => self.claim,
                };
                (self.code_subject, text.replace("{code}", &issued.code.grouped()))
            }
            Letter::LoginInUse => (self.account_subject, self.login_in_use.to_owned()),
            Letter::PasswordChanged => (self.account_subject, self.password_changed.to_owned()),
            Letter::CodeReadOut => (self.account_subject, self.code_read_out.to_owned()),
        }
    }
}

/// English first: it stands in for a language that isn't here.
const WORDS: [Words; 6] = [
    Words {
        language: "en",
        code_subject: "Your MAIP code",
        verify: "{code} is your MAIP code to confirm your login. It works for 15 minutes. Give it to nobody.",
        reset: "{code} is your MAIP code to set a new password. It works for 15 minutes. Give it to nobody. If you didn't ask for it, you need do nothing.",
        claim: "{code} is your MAIP code to take over your account. It works for 15 minutes. Give it to nobody.",
        account_subject: "Your MAIP account",
        login_in_use: "Somebody, perhaps you, tried to sign up to MAIP with this login. It has an account already: sign in, or ask for a new password. If it wasn't you, you need do nothing.",
        password_changed: "The password of your MAIP account was changed. If it wasn't you, ask for a new password now, and tell the facilitator of your platform.",
        code_read_out: "Somebody who manages your platform made a code with which a new password can be set for your MAIP account. If you didn't ask for it, tell the national focal point.",
    },
    Words {
        language: "fr",
        code_subject: "Votre code MAIP",
        verify: "{code} est votre code MAIP pour confirmer votre identifiant. Il est valable 15 minutes. Ne le donnez à personne.",
        reset: "{code} est votre code MAIP pour choisir un nouveau mot de passe. Il est valable 15 minutes. Ne le donnez à personne. Si vous ne l'avez pas demandé, vous n'avez rien à faire.",
        claim: "{code} est votre code MAIP pour prendre possession de votre compte. Il est valable 15 minutes. Ne le donnez à personne.",
        account_subject: "Votre compte MAIP",
        login_in_use: "Quelqu'un, peut-être vous, a voulu s'inscrire à MAIP avec cet identifiant. Il a déjà un compte : connectez-vous ou demandez un nouveau mot de passe. Si ce n'était pas vous, vous n'avez rien à faire.",
        password_changed: "Le mot de passe de votre compte MAIP a été changé. Si ce n'était pas vous, demandez tout de suite un nouveau mot de passe et prévenez la personne qui facilite votre plateforme.",
        code_read_out: "Une personne qui gère votre plateforme a créé un code avec lequel un nouveau mot de passe peut être choisi pour votre compte MAIP. Si vous ne l'avez pas demandé, prévenez le point focal national.",
    },
    Words {
        language: "es",
        code_subject: "Su código de MAIP",
        verify: "{code} es su código de MAIP para confirmar su usuario. Vale durante 15 minutos. No lo dé a nadie.",
        reset: "{code} es su código de MAIP para poner una contraseña nueva. Vale durante 15 minutos. No lo dé a nadie. Si no lo pidió, no tiene que hacer nada.",
        claim: "{code} es su código de MAIP para hacerse cargo de su cuenta. Vale durante 15 minutos. No lo dé a nadie.",
        account_subject: "Su cuenta de MAIP",
        login_in_use: "Alguien, quizá usted, quiso registrarse en MAIP con este usuario. Ya tiene una cuenta: inicie sesión o pida una contraseña nueva. Si no fue usted, no tiene que hacer nada.",
        password_changed: "Se cambió la contraseña de su cuenta de MAIP. Si no fue usted, pida ahora una contraseña nueva y avise a quien facilita su plataforma.",
        code_read_out: "Una persona que gestiona su plataforma creó un código con el que se puede poner una contraseña nueva en su cuenta de MAIP. Si no lo pidió, avise al punto focal nacional.",
    },
    Words {
        language: "ru",
        code_subject: "Ваш код MAIP",
        verify: "{code} — ваш код MAIP для подтверждения логина. Он действует 15 минут. Никому его не сообщайте.",
        reset: "{code} — ваш код MAIP для нового пароля. Он действует 15 минут. Никому его не сообщайте. Если вы его не запрашивали, ничего делать не нужно.",
        claim: "{code} — ваш код MAIP, чтобы принять вашу учётную запись. Он действует 15 минут. Никому его не сообщайте.",
        account_subject: "Ваша учётная запись MAIP",
        login_in_use: "Кто-то, возможно вы, пытался зарегистрироваться в MAIP с этим логином. У него уже есть учётная запись: войдите или запросите новый пароль. Если это были не вы, ничего делать не нужно.",
        password_changed: "Пароль вашей учётной записи MAIP изменён. Если это сделали не вы, сразу запросите новый пароль и сообщите фасилитатору вашей платформы.",
        code_read_out: "Человек, который управляет вашей платформой, создал код, с которым можно задать новый пароль вашей учётной записи MAIP. Если вы об этом не просили, сообщите национальному координатору.",
    },
    Words {
        language: "ar",
        code_subject: "رمز MAIP الخاص بك",
        verify: "{code} هو رمز MAIP لتأكيد اسم الدخول. يصلح لمدة 15 دقيقة. لا تعطه لأحد.",
        reset: "{code} هو رمز MAIP لتعيين كلمة مرور جديدة. يصلح لمدة 15 دقيقة. لا تعطه لأحد. إن لم تطلبه فلا يلزمك شيء.",
        claim: "{code} هو رمز MAIP لتسلّم حسابك. يصلح لمدة 15 دقيقة. لا تعطه لأحد.",
        account_subject: "حسابك في MAIP",
        login_in_use: "حاول أحد، ولعله أنت، التسجيل في MAIP باسم الدخول هذا، وله حساب من قبل: سجّل الدخول أو اطلب كلمة مرور جديدة. إن لم تكن أنت فلا يلزمك شيء.",
        password_changed: "تغيّرت كلمة مرور حسابك في MAIP. إن لم تكن أنت فاطلب كلمة مرور جديدة الآن وأخبر ميسّر منصتك.",
        code_read_out: "أنشأ شخص يدير منصتك رمزًا يمكن به تعيين كلمة مرور جديدة لحسابك في MAIP. إن لم تطلبه فأخبر جهة الاتصال الوطنية.",
    },
    Words {
        language: "zh",
        code_subject: "您的 MAIP 验证码",
        verify: "{code} 是您确认登录名的 MAIP 验证码，15 分钟内有效。请勿告诉任何人。",
        reset: "{code} 是您设置新密码的 MAIP 验证码，15 分钟内有效。请勿告诉任何人。如果不是您申请的，无需处理。",
        claim: "{code} 是您接管账户的 MAIP 验证码，15 分钟内有效。请勿告诉任何人。",
        account_subject: "您的 MAIP 账户",
        login_in_use: "有人（也许是您）试图用此登录名注册 MAIP，但它已有账户：请登录，或申请新密码。如果不是您，无需处理。",
        password_changed: "您的 MAIP 账户密码已更改。如果不是您所为，请立即申请新密码，并告知您平台的协调人。",
        code_read_out: "管理您平台的人员生成了一个验证码，可用来为您的 MAIP 账户设置新密码。如果不是您要求的，请告知国家联络人。",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_and_a_place_for_the_code() {
        for words in &WORDS {
            for text in [words.verify, words.reset, words.claim] {
                assert_eq!(text.matches("{code}").count(), 1, "{text}");
            }
            for text in [words.login_in_use, words.password_changed, words.code_read_out] {
                assert!(!text.contains('{') && text.chars().count() > 30, "{text}");
            }
        }
        assert_eq!(Words::of("zh-Hant").language, "zh");
        assert_eq!(Words::of("ny").language, "en");
    }
}
